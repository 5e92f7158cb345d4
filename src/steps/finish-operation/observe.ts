import type { EndFacts } from '../exit-handler/facts.ts';
import { observeEnd, type EndClients, type EndInput } from '../exit-handler/observe.ts';
import type { RunId } from '../ports/lease.ts';

/** An operation does not depend on the marks of a run, which belong to upgrades. */
export async function observe(clients: EndClients, me: RunId, input: EndInput): Promise<EndFacts> {
  return (await observeEnd(clients, me, input)).facts;
}

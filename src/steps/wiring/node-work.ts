import type { besideKuredInputs, quiesceInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import { besideKured } from '../guards/kured.ts';
import { thenRestore } from '../guards/quiesce.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured } from '../ports/kured.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';
import { connect, type Connection } from './connection.ts';
import { deploymentsClient } from './deployments.ts';
import { fenceOf, type fencedCluster } from './fenced.ts';

interface WorkClients extends Pick<ReturnType<typeof fencedCluster>, 'unlessHalted'> {
  readonly kured: Kured;
  readonly clock: Clock;
}

/**
 * Does the work once kured keeps clear of the node. Returns false when the kill switch was set first; then the node is as it
 * was found.
 */
export function workBesideKured(
  { me, tools }: Connection,
  { unlessHalted, kured, clock }: WorkClients,
  inputs: ValuesOf<typeof besideKuredInputs> & { readonly node: string },
  work: () => Promise<unknown>,
): Promise<boolean> {
  return unlessHalted(inputs.node, async () => {
    await besideKured({ kured, clock, me, log: tools.log }, inputs);
    await work();
  });
}

/** Deployments are given back also after SIGTERM, and that must not keep the step from ending for long. */
const RESTORE_PATIENCE_SECONDS = 60;

/** Does the work, then gives back what the Deployments of the settings had. Uses a connection that SIGTERM does not end. */
export function thenRestoreDeployments<T>(
  work: () => Promise<T>,
  inputs: RunContext & ValuesOf<typeof quiesceInputs>,
  { log }: Tools,
): Promise<T> {
  const { signal } = new AbortController();
  const connection = connect(inputs, { log, signal }, RESTORE_PATIENCE_SECONDS);
  return thenRestore(work, inputs.quiesce, deploymentsClient(connection, fenceOf(connection)), log);
}

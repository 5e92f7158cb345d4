import { OPERATION_WORDS, submitCommand, type Operation } from '../../upgrade/operation.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { atTarget } from '../../upgrade/node/order.ts';
import type { RunId } from '../ports/lease.ts';
import type { Ending, FinishWish } from './ending.ts';
import { whatFailed } from './failed.ts';
import type { FinishFacts } from './observe.ts';
import { inScope, nodeStates, notRead } from './sentences.ts';

type ErrandWish = FinishWish & { readonly errand: Operation };

/** How a run ended that is no upgrade: its Lease is given back, its words are said, and the nodes win here too. */
export function decideErrand(facts: FinishFacts, wish: ErrandWish, me: RunId): Ending {
  const { result, target, only } = wish;
  if (wish.status !== 'Succeeded') return failed(facts, wish, me);
  const stop = facts.stop?.because ?? (wish.beginVerdict === 'go' ? undefined : wish.beginMessage);
  if (stop !== undefined) return ended(facts, 'halted', [stop, `Then begin anew: ${again(wish)}`], me);
  const behind = target === undefined ? [] : inScope(facts.nodes, only).filter((node) => !atTarget(node, target));
  const left = target === undefined ? [] : [...behind.map(({ name }) => name), ...notRead(facts, only)];
  if (left.length > 0 && target !== undefined)
    return contradicted(facts, wish, `not at ${kubeTag(target)}: ${left.join(', ')}`, me);
  if (result === undefined) return contradicted(facts, wish, 'nothing was said of what was done', me);
  return ended(facts, 'done', result.split('\n'), me);
}

const again = ({ errand }: ErrandWish): string =>
  errand === 'rollback' ? submitCommand(errand, 'node=<name>') : submitCommand(errand);

function ended(facts: FinishFacts, outcome: 'done' | 'halted', lines: readonly string[], me: RunId): Ending {
  const release = facts.lease?.holder?.uid === me.uid ? facts.lease : undefined;
  // What the namespace says is an upgrade's, which may have to be gone on with.
  return { outcome, message: [...lines, ...nodeStates(facts)].join('\n'), release, clear: false };
}

function failed(facts: FinishFacts, wish: ErrandWish, me: RunId, because?: string): Ending {
  const { halted, where, lines } = whatFailed(facts, me, because);
  const head = `${halted ? 'Halted' : wish.status}: ${OPERATION_WORDS[wish.errand]}${where}.`;
  const next = `To go on from where it stopped, once the cause is gone: argo retry -n k8s-upgrade ${me.name}. Anew: ${again(wish)}`;
  const message = [head, ...lines, next].join('\n');
  return { outcome: halted ? 'halted' : 'failed', message, release: undefined, clear: false };
}

function contradicted(facts: FinishFacts, wish: ErrandWish, because: string, me: RunId): Ending {
  const ending = failed(facts, { ...wish, status: 'Failed' }, me, `Every step ended well, yet ${because}.`);
  return { ...ending, contradiction: ending.message };
}

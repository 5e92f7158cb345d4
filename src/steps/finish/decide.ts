import type { Verdict } from '../../upgrade/gate-verdict.ts';
import { formatKubeVersion, kubeTag, type KubeVersion } from '../../upgrade/kube-version.ts';
import { atTarget, isToDo } from '../../upgrade/node-order.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import type { LeaseRecord, RunId } from '../ports/lease.ts';
import { parseFailures } from './failures.ts';
import type { FinishFacts } from './observe.ts';

export interface FinishWish {
  readonly status: string;
  readonly failures: string | undefined;
  readonly verdict: 'upgrade' | 'none' | 'held' | 'refused' | undefined;
  readonly reason: string | undefined;
  readonly target: KubeVersion | undefined;
  readonly gateVerdict: Verdict | undefined;
  readonly gateMessage: string | undefined;
  readonly only: readonly string[];
  readonly detectionDryRun: boolean;
}

export type Outcome = 'upgraded' | 'nothing-to-do' | 'blocked' | 'held' | 'refused' | 'detected' | 'failed';

export interface Ending {
  readonly outcome: Outcome;
  readonly message: string;
  /** The Lease to give back. Kept after a failure: `argo retry` goes on under it, and a new run may take it over. */
  readonly release: LeaseRecord | undefined;
  /** Whether the namespace stops saying that an upgrade is in flight. */
  readonly clear: boolean;
  /** Said when Argo counts the run as a success and it is none: the exit handler fails, so that the run does. */
  readonly contradiction?: string;
}

/** How the run ended, from what Argo says and from what the nodes say; the nodes win. */
export function decide(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const ours = facts.lease?.holder?.uid === me.uid ? facts.lease : undefined;
  if (wish.status !== 'Succeeded') return failed(facts, wish, me);
  const reason = wish.reason ?? 'no reason was given.';
  switch (wish.verdict) {
    case undefined:
      return failed(facts, { ...wish, failures: 'Detection left no verdict behind.' }, me);
    case 'none':
      return untouched(facts, 'nothing-to-do', `Nothing to do. ${reason}`);
    case 'held':
      return untouched(facts, 'held', `Held, and nothing was touched. ${reason}`);
    case 'refused':
      return untouched(facts, 'refused', `Refused, and nothing was touched. ${reason}`);
    case 'upgrade':
      return judged(facts, wish, me, ours, reason);
  }
}

/** The gate has the next word, also in a dry run: there it says what would happen. */
function judged(
  facts: FinishFacts,
  wish: FinishWish,
  me: RunId,
  ours: LeaseRecord | undefined,
  reason: string,
): Ending {
  const { gateVerdict, gateMessage = 'The gate gave no reason.' } = wish;
  if (gateVerdict === undefined) return failed(facts, { ...wish, failures: 'The gate left no verdict behind.' }, me);
  if (wish.detectionDryRun) {
    const would = gateVerdict === 'clear' ? 'an upgrade would start' : 'no upgrade would start';
    return untouched(facts, 'detected', `Detection only: ${would}. ${reason}\n${gateMessage}`);
  }
  switch (gateVerdict) {
    case 'blocked':
      return untouched(facts, 'blocked', `${gateMessage}\n${ONCE_PUT_RIGHT}`);
    case 'held':
      return untouched(facts, 'held', `${gateMessage}\nThe next nightly run asks again.`);
    case 'clear':
      return upgraded(facts, wish, me, ours);
  }
}

const ONCE_PUT_RIGHT =
  'Once that is put right, the next nightly run goes on by itself; not to wait for it: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade.';

function upgraded(facts: FinishFacts, wish: FinishWish, me: RunId, ours: LeaseRecord | undefined): Ending {
  const { target } = wish;
  if (target === undefined) return failed(facts, { ...wish, failures: 'Detection left no target behind.' }, me);
  const gone = wish.only.filter((name) => !facts.nodes.some((node) => node.name === name));
  const inScope = facts.nodes.filter((node) => wish.only.length === 0 || wish.only.includes(node.name));
  const left = [
    ...inScope.filter((node) => isToDo(node, target)).map((node) => node.name),
    ...gone.map((name) => `${name} (gone)`),
  ];
  if (left.length > 0) {
    return failed(
      facts,
      { ...wish, failures: `Every step ended well, yet not at ${kubeTag(target)}: ${left.join(', ')}.` },
      me,
    );
  }
  const done = inScope.filter((node) => atTarget(node, target)).map((node) => node.name);
  const lines = [
    `Upgraded: ${done.join(', ') || 'no node'} at ${kubeTag(target)}.`,
    ...inScope.flatMap((node) => leftAhead(node, target)),
    ...nodeStates(facts),
  ];
  return {
    outcome: 'upgraded',
    message: lines.join('\n'),
    release: ours,
    clear: ours !== undefined,
  };
}

const leftAhead = (node: ClusterNode, target: KubeVersion): string[] =>
  atTarget(node, target) ? [] : [`Node ${node.name}: left as it was, ahead at ${kubeTag(node.kubelet)}.`];

function untouched(facts: FinishFacts, outcome: Outcome, message: string): Ending {
  const lines = [message, ...nodeStates(facts)];
  return { outcome, message: lines.join('\n'), release: undefined, clear: false };
}

function failed(facts: FinishFacts, wish: FinishWish, me: RunId): Ending {
  const failures = parseFailures(wish.failures).map(({ displayName, message }) => `${displayName}: ${message}`);
  const lines = [
    `${wish.status === 'Succeeded' ? 'Failed' : wish.status}${wish.target === undefined ? '' : ` on the way to ${kubeTag(wish.target)}`}.`,
    ...(failures.length > 0 ? failures : ['Argo names no failed step.']),
    ...facts.livePods.map((pod) => `Still ending: ${pod}`),
    ...nodeStates(facts),
    `${wayOn(wish, me)} The next nightly run does it too.`,
  ];
  const message = lines.join('\n');
  const ending: Ending = { outcome: 'failed', message, release: undefined, clear: false };
  return wish.status === 'Succeeded' ? { ...ending, contradiction: message } : ending;
}

/** Argo retries only what it counts as failed. */
const wayOn = ({ status }: FinishWish, me: RunId): string =>
  status === 'Succeeded'
    ? 'To go on: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade.'
    : `To go on from where it stopped, once the cause is gone: argo retry -n k8s-upgrade ${me.name}.`;

/** No cordoned node goes unmentioned. */
const nodeStates = ({ nodes, heldDeployments = [] }: FinishFacts): string[] => [
  ...nodes.filter((node) => node.ledger !== undefined || node.unschedulable).map(nodeState),
  ...heldDeployments.map((path) => `Deployment ${path}: held at 0 by this pipeline; the next run gives it back.`),
];

function nodeState(node: ClusterNode): string {
  const cordon = node.unschedulable ? 'cordoned' : 'takes pods';
  if (node.ledger === undefined) return `Node ${node.name}: ${cordon}, not by this pipeline.`;
  const { from, to, phase, cordonedByUs } = node.ledger;
  const whose = node.unschedulable ? (cordonedByUs ? ' by this pipeline' : ' since before the run') : '';
  return `Node ${node.name}: ${cordon}${whose}, ${phase} from ${formatKubeVersion(from)} to ${formatKubeVersion(to)}.`;
}

import { submitCommand } from '../upgrade/operation.ts';
import { kubeTag, sameVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { needsUpgrade } from '../upgrade/node/order.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';

const ANEW = `Start a new run, which leaves out what is done: ${submitCommand('upgrade')}`;

/**
 * `argo resubmit --memoized` runs some successful steps a second time, although Argo's documentation calls it "re-use
 * successful steps".
 */
export const memoizedRun = (run: string): string =>
  `${run} was begun by argo resubmit --memoized, which takes finished steps of another run for its own and runs others twice. Nothing was changed by this step. ${ANEW}`;

export interface RerunInput {
  readonly runUid: string;
  readonly target: KubeVersion;
  /** The current parameters of the workflow. */
  readonly requestedTarget: KubeVersion | undefined;
  readonly only: readonly string[];
}

/**
 * Returns why this run seems to repeat its own work. `argo retry -p` runs every member of a fan-out again, with
 * decisions that used the old parameters. A plain `argo retry` never processes the same node twice.
 */
export function whyRerun(node: ClusterNode, input: RerunInput): string | undefined {
  const seen = rerunSeen(node, input);
  return seen === undefined
    ? undefined
    : `${seen} So steps of this run are run again that had ended well, as argo retry does with -p or --restart-successful. Nothing was changed by this step. ${ANEW}`;
}

function rerunSeen(node: ClusterNode, { runUid, target, requestedTarget, only }: RerunInput): string | undefined {
  if (requestedTarget !== undefined && !sameVersion(requestedTarget, target))
    return `This run decided to go to ${kubeTag(target)}, and its parameter target says ${kubeTag(requestedTarget)} by now.`;
  if (only.length > 0 && !only.includes(node.name))
    return `This run decided to do ${node.name}, and its parameter nodes names only ${only.join(', ')} by now.`;
  if (node.upgradeRecord?.run === runUid) return `${node.name} was begun by this very run already.`;
  if (node.lastUpgrade?.run === runUid && !needsUpgrade(node, target))
    return `${node.name} was finished by this very run already.`;
  return undefined;
}

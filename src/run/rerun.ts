import { submitCommand } from '../upgrade/operation.ts';
import { kubeTag, sameVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { needsUpgrade } from '../upgrade/node/order.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';

const START_NEW_RUN = `Start a new run, which skips upgraded nodes: ${submitCommand('upgrade')}`;

/**
 * `argo resubmit --memoized` runs some successful steps a second time, although Argo's documentation calls it "re-use
 * successful steps".
 */
export const memoizedRun = (run: string): string =>
  `${run} was started by argo resubmit --memoized, which reuses finished steps of another run and runs others twice. This step changed nothing. ${START_NEW_RUN}`;

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
    : `${seen} So this run repeats steps that had succeeded, as argo retry does with -p or --restart-successful. This step changed nothing. ${START_NEW_RUN}`;
}

function rerunSeen(node: ClusterNode, { runUid, target, requestedTarget, only }: RerunInput): string | undefined {
  if (requestedTarget !== undefined && !sameVersion(requestedTarget, target))
    return `This run upgrades to ${kubeTag(target)}, and its parameter target is ${kubeTag(requestedTarget)} now.`;
  if (only.length > 0 && !only.includes(node.name))
    return `This run upgrades ${node.name}, and its parameter nodes names only ${only.join(', ')} now.`;
  if (node.upgradeRecord?.run === runUid) return `${node.name} was already begun by this run.`;
  if (node.lastUpgrade?.run === runUid && !needsUpgrade(node, target))
    return `${node.name} was already upgraded by this run.`;
  return undefined;
}

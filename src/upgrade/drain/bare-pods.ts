import { isOwnStep, filterStatus, type DrainedPod, type DrainPolicy } from './policy.ts';
import { nameList } from '../../text/name-list.ts';

/** Maximum number of pods in one message. */
const MOST_PODS = 12;

interface BarePod extends DrainedPod {
  readonly name: string;
  readonly node: string | undefined;
  readonly terminating: boolean;
}

/** Returns the pods without a controller that a drain of these nodes evicts under this policy: `shop/web on w1`. */
export const barePodsOn = (
  nodes: readonly string[],
  pods: readonly BarePod[],
  policy: Pick<DrainPolicy, 'deleteUnmanagedPods' | 'namespace'>,
): string[] =>
  pods
    .filter(
      ({ node, terminating, controlled }) => node !== undefined && nodes.includes(node) && !terminating && !controlled,
    )
    .filter(
      (pod) => !isOwnStep(pod, policy) && filterStatus(pod, { ...policy, deleteEmptyDirData: true }).kind === 'evict',
    )
    .map(({ namespace, name, node }) => `${namespace}/${name} on ${node ?? ''}`);

/**
 * Returns a sentence about pods without a controller, which are evicted and never recreated. Empty without such pods.
 * `pods`: each with its node, such as `shop/web on w1`.
 */
export const bareText = (pods: readonly string[]): string[] =>
  pods.length === 0
    ? []
    : [
        `Nothing recreates these pods once they are evicted: ${nameList(pods, MOST_PODS)}. With drain.deleteUnmanagedPods: false, a node with such a pod is not drained.`,
      ];

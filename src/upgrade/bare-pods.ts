import { named } from './named.ts';

/** Longest list of pods in one message. */
const MOST_PODS = 12;

/**
 * A sentence about pods without a controller, which are evicted and never come back; none without such pods. `pods`: each
 * with its node, such as `shop/web on w1`.
 */
export const bareText = (pods: readonly string[]): string[] =>
  pods.length === 0
    ? []
    : [
        `Nothing recreates these pods once they are evicted: ${named(pods, MOST_PODS)}. With drain.deleteUnmanagedPods: false, a node with such a pod is not drained.`,
      ];

import { barePodsOn, bareText } from '../../upgrade/drain/bare-pods.ts';
import type { RehearseInput } from './contract.ts';
import { nodesToDrain, type ClusterState } from './cluster-state.ts';

/** Pods that are evicted for good. Those that the policy does not let go are named as problems. */
export const bareWarnings = ({ podsOn }: ClusterState, input: RehearseInput): string[] =>
  bareText(barePodsOn(nodesToDrain(input), [...podsOn.values()].flat(), input));

import { barePodsOn, bareText } from '../../upgrade/drain/bare-pods.ts';
import { nodesToDrain, type RehearsalWish, type Scene } from './cluster-state.ts';

/** Pods that are evicted for good. Those that the policy does not let go are named as problems. */
export const bareWarnings = ({ podsOn }: Scene, wish: RehearsalWish): string[] =>
  bareText(barePodsOn(nodesToDrain(wish), [...podsOn.values()].flat(), wish));

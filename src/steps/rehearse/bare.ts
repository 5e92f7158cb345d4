import { bareText } from '../../upgrade/bare-pods.ts';
import { opinionOn } from '../../upgrade/drain-policy.ts';
import { moversOf, nodesToDrain, podName, type RehearsalWish, type Scene } from './scene.ts';

/** Pods that are evicted for good. Those that the policy does not let go are named as problems. */
export const bareWarnings = (scene: Scene, wish: RehearsalWish): string[] =>
  bareText(
    nodesToDrain(wish).flatMap((node) =>
      moversOf(node, scene, wish)
        .filter((pod) => !pod.controlled && opinionOn(pod, wish).kind === 'evict')
        .map((pod) => `${podName(pod)} on ${node}`),
    ),
  );

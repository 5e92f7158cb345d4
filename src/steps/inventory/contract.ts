import { readMarks, listNodes, listStaticPods } from '../../contract/access.ts';
import { nodeBatches, nodeTasks } from '../../contract/node-tasks.ts';
import { kubeVersion, list, oneOf } from '../../contract/param.ts';
import { runners } from '../../contract/runners.ts';
import { from, input } from '../../contract/from-settings.ts';
import { canary, workers } from '../../settings/workers.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const inventory = defineStep({
  name: 'inventory',
  summary:
    'Lists the nodes that are not at the target yet, from the live cluster, in the order in which they are done.',
  inputs: {
    target: kubeVersion({ doc: 'Version that every node goes to.', example: '1.34.10' }),
    only: list({ doc: 'Names of the only nodes to upgrade, separated by commas; empty for all.', example: 'worker-1' }),
    scope: oneOf(['all-nodes', 'named-nodes'], {
      doc: 'all-nodes: an empty list means all nodes. named-nodes: an empty list is refused.',
      example: 'all-nodes',
    }),
    canaryNames: input(canary, 'names'),
    canaryLabels: input(canary, 'labels'),
    ...from(workers, 'maxUnavailable'),
    runners,
  },
  outputs: {
    controlPlanes: nodeTasks(
      'Control-plane nodes to upgrade, in order. Their steps run on the nodes of runners.withSshKey.',
    ),
    singleControlPlanes: nodeTasks('The only control-plane node. Its steps run on the nodes of runners.others.'),
    allControlPlanes: nodeTasks('All control-plane nodes to upgrade, in order.'),
    canaries: nodeTasks('Workers to upgrade before the others, in order.'),
    workers: nodeTasks('Workers to upgrade after the canaries, in order.'),
    workerBatches: nodeBatches('Workers to upgrade after the canaries, in batches of workers.maxUnavailable.'),
    allWorkers: nodeTasks('Canaries and workers, in order.'),
  },
  access: [listNodes, listStaticPods, ...readMarks],
  ssh: false,
  deadline: { seconds: 900 },
});

export type InventoryInput = Pick<
  InputOf<typeof inventory>,
  'target' | 'only' | 'scope' | 'canaryNames' | 'canaryLabels' | 'maxUnavailable' | 'runners'
>;

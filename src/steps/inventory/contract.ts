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
    only: list({ doc: 'Names of the only nodes to do, separated by commas; empty for all.', example: 'worker-1' }),
    scope: oneOf(['all-nodes', 'named-nodes'], {
      doc: 'all-nodes: naming none means all of them. named-nodes: naming none is refused.',
      example: 'all-nodes',
    }),
    canaryNames: input(canary, 'names'),
    canaryLabels: input(canary, 'labels'),
    ...from(workers, 'maxUnavailable'),
    runners,
  },
  outputs: {
    controlPlanes: nodeTasks('Control-plane nodes to do whose steps run where runners.withSshKey says, in order.'),
    singleControlPlanes: nodeTasks('The only control-plane node, whose steps run where runners.others says.'),
    allControlPlanes: nodeTasks('Both of these, in order.'),
    canaries: nodeTasks('Workers to do before the others, in order.'),
    workers: nodeTasks('Workers to do after those, in order.'),
    workerBatches: nodeBatches('Workers to do after the canaries, in order, workers.maxUnavailable at a time.'),
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

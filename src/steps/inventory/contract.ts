import { readNodes, readPods } from '../../contract/access.ts';
import { nodeTasks } from '../../contract/node-tasks.ts';
import { kubeVersion, list, oneOf } from '../../contract/param.ts';
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
  },
  outputs: {
    controlPlanes: nodeTasks('Control-plane nodes to do, in order.'),
    workers: nodeTasks('Workers to do, in order.'),
  },
  access: [readNodes, readPods],
  ssh: false,
  deadline: { seconds: 900 },
});

import { listNodes, listStaticPods } from '../../contract/access.ts';
import { nodeName, nodeTasks } from '../../contract/node-tasks.ts';
import { kubeVersion, optional, text } from '../../contract/param.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const planRollback = defineStep({
  name: 'plan-rollback',
  summary: 'Says to which version a worker goes back, or why it may not.',
  inputs: {
    node: text(nodeName('Worker to roll back.')),
    requestedTarget: optional(
      kubeVersion({
        doc: 'Version to roll back to; empty for the version before its last upgrade.',
        example: '1.34.9',
      }),
    ),
  },
  outputs: {
    target: kubeVersion({ doc: 'Version that the worker is rolled back to.', example: '1.34.9' }),
    workers: nodeTasks('The worker, for steps that take a list.'),
    result: text({ doc: 'Result of a successful run.', example: 'worker-1 is back at v1.34.9.' }),
  },
  access: [listNodes, listStaticPods],
  ssh: false,
  deadline: { seconds: 900 },
});

export type RollbackInput = Pick<InputOf<typeof planRollback>, 'node' | 'requestedTarget'>;

import { readBudgets, listAllPods, readVolumes } from '../../contract/access.ts';
import { nodeTasks } from '../../contract/node-tasks.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { from } from '../../contract/from-settings.ts';
import { drain } from '../../settings/drain.ts';
import { workers } from '../../settings/workers.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const rehearse = defineStep({
  name: 'rehearse',
  summary:
    'Says, before the first cordon, what would keep a node from being drained: budgets, room, volumes, admission webhooks and policies.',
  inputs: {
    controlPlanes: nodeTasks('Control-plane nodes to do, in order.'),
    workers: nodeTasks('Workers to do, in order.'),
    ...from(workers, 'maxUnavailable'),
    ...from(drain, 'deleteEmptyDirData', 'deleteUnmanagedPods', 'deleteDeadlocked', 'noRoom'),
  },
  outputs: {},
  access: [
    { apiGroup: '', resources: ['nodes', 'namespaces'], verbs: ['list'], scope: 'cluster' },
    listAllPods,
    readBudgets,
    ...readVolumes,
    {
      apiGroup: 'admissionregistration.k8s.io',
      resources: [
        'validatingwebhookconfigurations',
        'mutatingwebhookconfigurations',
        'validatingadmissionpolicies',
        'validatingadmissionpolicybindings',
      ],
      verbs: ['list'],
      scope: 'cluster',
    },
    { apiGroup: 'discovery.k8s.io', resources: ['endpointslices'], verbs: ['list'], scope: 'cluster' },
  ],
  ssh: false,
  // The API servers may be unavailable for 600 s. The step checks again for 60 s before it refuses.
  deadline: { seconds: 1800 },
});

export type RehearseInput = Pick<InputOf<typeof rehearse>, keyof typeof rehearse.inputs | 'namespace'>;

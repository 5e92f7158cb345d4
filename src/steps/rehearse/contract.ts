import { readBudgets, listAllPods, readVolumes } from '../../contract/access.ts';
import { nodeTasks } from '../../contract/node-tasks.ts';
import { count, oneOf, yesNo } from '../../contract/param.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { DEADLOCK_POLICIES } from '../../upgrade/drain/disruption-budget.ts';

export const rehearse = defineStep({
  name: 'rehearse',
  summary:
    'Says, before the first cordon, what would keep a node from being drained: budgets, room, volumes, admission webhooks and policies.',
  inputs: {
    controlPlanes: nodeTasks('Control-plane nodes to do, in order.'),
    workers: nodeTasks('Workers to do, in order.'),
    maxUnavailable: count({ doc: 'How many workers are drained at the same time.', example: '1' }),
    deleteEmptyDirData: yesNo({
      doc: 'Whether pods with emptyDir volumes are evicted, their data lost.',
      example: 'true',
    }),
    deleteUnmanagedPods: yesNo({
      doc: 'Whether pods without a controller are evicted, never to return.',
      example: 'true',
    }),
    deleteDeadlocked: oneOf(DEADLOCK_POLICIES, {
      doc: 'Which pods are deleted whose budget can never allow their eviction: lone ones, none, all.',
      example: 'single',
    }),
    noRoom: oneOf(['refuse', 'warn'], {
      doc: 'What becomes of a pod that asks for more than any other node has.',
      example: 'refuse',
    }),
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
  // The API servers may be away for 600 s; what looks hopeless is looked at again for a minute.
  deadline: { seconds: 1800 },
});

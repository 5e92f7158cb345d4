import { readApiServers, readKillSwitch, readLease, readMarks, listNodes, listAllPods } from '../../contract/access.ts';
import { count, kubeVersion, list, optional, seconds, text } from '../../contract/param.ts';
import { alertInputs, metricsInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const postflight = defineStep({
  name: 'postflight',
  summary:
    'Says whether the cluster is well once every node is done: versions, control plane, API servers, DNS, pods, alerts.',
  inputs: {
    ...metricsInputs,
    ...alertInputs,
    target: kubeVersion({ doc: 'Version that the nodes must be at.', example: '1.34.10' }),
    only: list({ doc: 'The only nodes that were to be done; empty for all.', example: 'worker-1' }),
    minimumReadyPercent: count({ doc: 'How many of a hundred pods must be ready.', example: '90' }),
    dnsName: optional(
      text({ doc: 'Name that the cluster DNS must know; empty to not ask.', example: 'kubernetes.default.svc' }),
    ),
    settleSeconds: seconds({ doc: 'How long pods and servers may take to be well.', example: '600' }),
    alertWaitSeconds: seconds({ doc: 'How long new alerts may take to clear.', example: '1800' }),
  },
  outputs: {
    podsReady: optional(
      text({ doc: 'How many pods are ready; empty when it was not judged.', example: '47 of 48 (0.97)' }),
    ),
  },
  access: [...[listNodes, listAllPods, ...readMarks, readKillSwitch, readLease], readApiServers],
  paths: [{ paths: ['/livez', '/readyz'], verbs: ['get'] }],
  ssh: false,
  // The API servers may be away for 600 s.
  deadline: { seconds: 900, plus: ['settleSeconds', 'alertWaitSeconds'] },
});

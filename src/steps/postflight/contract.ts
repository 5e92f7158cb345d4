import { readApiServers, readKillSwitch, readLease, readMarks, listNodes, listAllPods } from '../../contract/access.ts';
import { kubeVersion, list, optional, text } from '../../contract/param.ts';
import { alertInputs, alertWaitSeconds, metricsInputs, type InputOf } from '../../contract/run-context.ts';
import { derived, from, paramOf } from '../../contract/from-settings.ts';
import { postflight as settings } from '../../settings/postflight.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const postflight = defineStep({
  name: 'postflight',
  summary:
    'Says whether the cluster is well once every node is done: versions, control plane, API servers, DNS, pods, alerts.',
  inputs: {
    ...metricsInputs,
    ...alertInputs,
    target: kubeVersion({ doc: 'Version that the nodes must be at.', example: '1.34.10' }),
    only: list({ doc: 'The only nodes to upgrade; empty for all.', example: 'worker-1' }),
    ...from(settings, 'minimumReadyPercent'),
    dnsName: derived(optional(paramOf(settings.members.dnsName)), ({ postflight }) => postflight.dnsName),
    ...from(settings, 'settleSeconds'),
    alertWaitSeconds,
  },
  outputs: {
    podsReady: optional(
      text({ doc: 'Number of ready pods; empty when they were not counted.', example: '47 of 48 (0.97)' }),
    ),
  },
  access: [listNodes, listAllPods, ...readMarks, readKillSwitch, readLease, readApiServers],
  paths: [{ paths: ['/livez', '/readyz'], verbs: ['get'] }],
  ssh: false,
  // The API servers may be away for 600 s.
  deadline: { seconds: 900, plus: ['settleSeconds', 'alertWaitSeconds'] },
});

export type PostflightInput = Pick<
  InputOf<typeof postflight>,
  'target' | 'only' | 'minimumReadyPercent' | 'dnsName' | 'settleSeconds' | 'alertWaitSeconds'
>;

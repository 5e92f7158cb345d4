import { listNodes, listStaticPods, readApiServers, rememberHostKeys } from '../../contract/access.ts';
import { kubeVersion, list, oneOf, text } from '../../contract/param.ts';
import { deprecatedApiInputs, sshInputs, type InputOf } from '../../contract/run-context.ts';
import { from, input } from '../../contract/from-settings.ts';
import { compatibility, untestedVersions } from '../../settings/compatibility.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { VERDICTS } from '../../upgrade/gate/verdict.ts';

export const gate = defineStep({
  name: 'gate',
  summary: 'Says whether the cluster can go to the next minor: addons, removed APIs, configuration, runtime.',
  inputs: {
    ...sshInputs,
    ...deprecatedApiInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.36.4' }),
    ...from(compatibility, 'addons'),
    untestedAddons: input(untestedVersions, 'addons'),
    untestedRuntime: input(untestedVersions, 'runtime'),
  },
  outputs: {
    gateVerdict: oneOf(VERDICTS, {
      doc: 'clear: the upgrade may begin. blocked: an operator must act. held: only waiting helps.',
      example: 'clear',
    }),
    gateMessage: text({ doc: 'The verdict, and a line for each finding.', example: 'Clear for v1.36.4.' }),
    gateCodes: list({ doc: 'The code of each finding, separated by commas.', example: 'addon-untested' }),
  },
  access: [
    listNodes,
    listStaticPods,
    rememberHostKeys,
    { apiGroup: 'apps', resources: ['deployments', 'daemonsets', 'statefulsets'], verbs: ['list'], scope: 'cluster' },
    {
      apiGroup: '',
      resources: ['configmaps'],
      verbs: ['get'],
      scope: 'kube-system',
      names: ['kubeadm-config', 'kubelet-config', 'kube-proxy'],
    },
    { ...readApiServers, when: ['api-server-metrics'] },
  ],
  paths: [{ paths: ['/metrics'], verbs: ['get'], when: ['api-server-metrics'] }],
  ssh: true,
  // The API servers may be away for 600 s; then nodes are looked at for 900 s, and the last of them as long as one may take.
  deadline: { seconds: 2400, plus: ['sshConnectTimeoutSeconds'] },
});

export type GateInput = Pick<InputOf<typeof gate>, 'target' | 'addons' | 'untestedAddons' | 'untestedRuntime'>;

import { addonSettings } from '../../contract/addon-settings.ts';
import { listNodes, listStaticPods, readApiServers, rememberHostKeys } from '../../contract/access.ts';
import { kubeVersion, list, oneOf, text, type About, type Param } from '../../contract/param.ts';
import { deprecatedApiInputs, sshInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { VERDICTS } from '../../upgrade/gate/verdict.ts';

const untested = (what: string): Param<'block' | 'warn'> => oneOf(['block', 'warn'], aboutUntested(what));
const aboutUntested = (what: string): About => ({
  doc: `What becomes of ${what} newer than its makers tested, with no incompatibility known.`,
  example: 'block',
});

export const gate = defineStep({
  name: 'gate',
  summary: 'Says whether the cluster can go to the next minor: addons, removed APIs, configuration, runtime.',
  inputs: {
    ...sshInputs,
    ...deprecatedApiInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.36.4' }),
    addons: addonSettings({
      doc: "What the cluster's settings say of addons, as JSON.",
      example: '[{"name":"gpu-operator","pin":{"reason":"driver 570 until May"}}]',
    }),
    untestedAddons: untested('an addon with a Kubernetes'),
    untestedRuntime: untested('a runtime with a Kubernetes'),
  },
  outputs: {
    gateVerdict: oneOf(VERDICTS, {
      doc: 'clear: go. blocked: somebody must act, or look. held: nothing but waiting helps.',
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
      ...{ apiGroup: '', resources: ['configmaps'], verbs: ['get'], scope: 'kube-system' },
      names: ['kubeadm-config', 'kubelet-config', 'kube-proxy'],
    },
    { ...readApiServers, when: ['api-server-metrics'] },
  ],
  paths: [{ paths: ['/metrics'], verbs: ['get'], when: ['api-server-metrics'] }],
  ssh: true,
  // The API servers may be away for 600 s; then nodes are looked at for 900 s, and the last of them as long as one may take.
  deadline: { seconds: 2400, plus: ['sshConnectTimeoutSeconds'] },
});

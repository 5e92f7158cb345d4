import {
  annotateNamespace,
  patchNodes,
  readKillSwitch,
  readLease,
  readNodes,
  readPods,
  rememberHostKeys,
} from '../../contract/access.ts';
import { nodeName, nodeRole } from '../../contract/node-tasks.ts';
import { kubeVersion, list, seconds, text } from '../../contract/param.ts';
import { packageInputs, sshInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const upgradeNode = defineStep({
  name: 'upgrade-node',
  summary: 'Logs in to a drained node and takes its packages, its kubeadm configuration and its kubelet to the target.',
  inputs: {
    ...sshInputs,
    ...packageInputs,
    node: text(nodeName('Node to upgrade.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    role: nodeRole,
    ignorePreflightErrors: list({ doc: 'kubeadm preflight checks that only warn.', example: 'CoreDNSMigration' }),
    skipPhases: list({ doc: 'kubeadm phases that are left out.', example: 'addon/coredns' }),
    packagesTimeoutSeconds: seconds({ doc: 'How long one package installation may take.', example: '900' }),
    kubeadmTimeoutSeconds: seconds({ doc: 'How long kubeadm may take.', example: '1800' }),
    apiPatienceSeconds: seconds({ doc: 'How long the API server may be away afterwards.', example: '900' }),
  },
  // None: Argo cannot save an output while the only API server is away.
  outputs: {},
  access: [
    readNodes,
    readPods,
    patchNodes,
    rememberHostKeys,
    readLease,
    readKillSwitch,
    annotateNamespace,
    {
      apiGroup: 'authorization.k8s.io',
      resources: ['selfsubjectaccessreviews'],
      verbs: ['create'],
      scope: 'cluster',
    },
  ],
  paths: [{ paths: ['/readyz'], verbs: ['get'] }],
  ssh: true,
  // Three commands are about packages.
  deadline: {
    seconds: 900,
    plus: [
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'kubeadmTimeoutSeconds',
      'apiPatienceSeconds',
    ],
  },
});

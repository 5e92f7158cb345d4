import {
  writeRunState,
  scaleQuiesced,
  lockKured,
  patchNodes,
  getQuiesced,
  readKillSwitch,
  readKured,
  readLease,
  readMarks,
  readRestoreHook,
  listNodes,
  getNode,
  listStaticPods,
  rememberHostKeys,
} from '../../contract/access.ts';
import { direction, nodeName, nodeRole } from '../../contract/node-tasks.ts';
import { count, kubeVersion, list, optional, seconds, text } from '../../contract/param.ts';
import {
  besideKuredInputs,
  metricsInputs,
  packageInputs,
  quiesceInputs,
  sshInputs,
} from '../../contract/run-context.ts';
import { kubeadmPatches } from '../../contract/kubeadm-patches.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const upgradeNode = defineStep({
  name: 'upgrade-node',
  summary: 'Logs in to a drained node and takes its packages, its kubeadm configuration and its kubelet to the target.',
  inputs: {
    ...metricsInputs,
    ...sshInputs,
    ...packageInputs,
    ...besideKuredInputs,
    node: text(nodeName('Node to upgrade.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    role: nodeRole,
    direction,
    ignorePreflightErrors: list({ doc: 'kubeadm preflight checks that only warn.', example: 'CoreDNSMigration' }),
    skipPhases: list({ doc: 'kubeadm phases that are left out.', example: 'addon/coredns' }),
    kubeadmPatches,
    packagesTimeoutSeconds: seconds({ doc: 'How long one package installation may take.', example: '900' }),
    kubeadmTimeoutSeconds: seconds({ doc: 'How long kubeadm may take.', example: '1800' }),
    minimumFreeRootMiB: count({ doc: 'MiB that must be free on / of the node.', example: '512' }),
    minimumFreeVarLibMiB: count({ doc: 'MiB that must be free where images, packages and etcd are.', example: '2048' }),
    containerdPackage: text({
      doc: 'Debian package of containerd, for a control-plane node whose containerd is older than containerdVersion.',
      example: 'containerd.io',
    }),
    containerdVersion: optional(
      text({ doc: 'Version of containerd that a control-plane node gets; empty: it stays.', example: '2.2.1' }),
    ),
    ...quiesceInputs,
    restoreHook,
    apiPatienceSeconds: seconds({ doc: 'How long the API server may be away afterwards.', example: '900' }),
  },
  // None: Argo cannot save an output while the only API server is away.
  outputs: {},
  access: [
    listNodes,
    getNode,
    listStaticPods,
    patchNodes,
    rememberHostKeys,
    readLease,
    ...readMarks,
    readKillSwitch,
    writeRunState,
    readKured,
    lockKured,
    getQuiesced,
    scaleQuiesced,
    readRestoreHook,
    {
      apiGroup: 'authorization.k8s.io',
      resources: ['selfsubjectaccessreviews'],
      verbs: ['create'],
      scope: 'cluster',
    },
  ],
  paths: [{ paths: ['/readyz'], verbs: ['get'] }],
  ssh: true,
  // Five commands are about packages. Another attempt may follow the first; a pod that ends earlier is recreated and follows the same job.
  deadline: {
    seconds: 3600,
    plus: [
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'packagesTimeoutSeconds',
      'kubeadmTimeoutSeconds',
      'kubeadmTimeoutSeconds',
      'kubeadmTimeoutSeconds',
      'apiPatienceSeconds',
      'kuredWaitSeconds',
    ],
  },
});

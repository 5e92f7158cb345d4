import type { NodeUpgrade } from '../../upgrade/host/node-commands.ts';
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
import { kubeVersion, seconds, text } from '../../contract/param.ts';
import {
  INSTALL_SECONDS,
  besideKuredInputs,
  metricsInputs,
  packageInputs,
  quiesceInputs,
  sshInputs,
  type InputOf,
} from '../../contract/run-context.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { constant, from, input } from '../../contract/from-settings.ts';
import { kubeadm } from '../../settings/kubeadm.ts';
import { minimumFreeDisk, nodes } from '../../settings/nodes.ts';
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
    ...from(kubeadm, 'ignorePreflightErrors', 'skipPhases'),
    kubeadmPatches: input(kubeadm, 'patches'),
    packagesTimeoutSeconds: constant(
      seconds({ doc: 'How long one package installation may take.', example: '900' }),
      INSTALL_SECONDS,
    ),
    kubeadmTimeoutSeconds: input(kubeadm, 'timeoutSeconds'),
    minimumFreeRootMiB: input(minimumFreeDisk, 'rootMiB'),
    minimumFreeVarLibMiB: input(minimumFreeDisk, 'varLibMiB'),
    ...from(nodes, 'containerdPackage', 'containerdVersion'),
    ...quiesceInputs,
    restoreHook,
    // A single control-plane node may reboot.
    apiPatienceSeconds: constant(
      seconds({ doc: 'How long the API server may be away afterwards.', example: '900' }),
      900,
    ),
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

export type UpgradeNodeInput = Pick<
  InputOf<typeof upgradeNode>,
  | Exclude<keyof NodeUpgrade, 'leaveEtcd' | 'containerd'>
  | 'node'
  | 'runUid'
  | 'restoreHook'
  | 'containerdPackage'
  | 'containerdVersion'
  | 'minimumFreeRootMiB'
  | 'minimumFreeVarLibMiB'
>;

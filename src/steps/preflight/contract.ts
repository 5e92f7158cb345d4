import {
  findKured,
  listNodes,
  listStaticPods,
  readKillSwitch,
  readKured,
  readRestoreHook,
  rememberHostKeys,
} from '../../contract/access.ts';
import { kubeVersion, oneOf, optional, text } from '../../contract/param.ts';
import { alertInputs, kuredInputs, sshInputs, type InputOf } from '../../contract/run-context.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { derived, from, input, paramOf } from '../../contract/from-settings.ts';
import { kubeadm } from '../../settings/kubeadm.ts';
import { preflight as settings } from '../../settings/preflight.ts';
import { builtIn } from '../../settings/snapshot.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { PREFLIGHT_VERDICTS } from '../../run/admission.ts';
import type { AlertScope } from '../../signals/alert-gate.ts';

export const preflight = defineStep({
  name: 'preflight',
  summary: 'Says whether the cluster is fit for an upgrade: nodes, alerts, etcd, certificates, head-room, kubeadm.',
  inputs: {
    ...sshInputs,
    ...alertInputs,
    ...kuredInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.34.10' }),
    ...from(kubeadm, 'ignorePreflightErrors'),
    ...from(settings, 'quietHours', 'keepBackupsDays', 'freeMiB'),
    restoreHook,
    kubeadmPatches: input(kubeadm, 'patches'),
    snapshotDirectory: derived(optional(paramOf(builtIn.members.directory)), ({ snapshot }) =>
      snapshot.mode === 'built-in' ? snapshot.builtIn.directory : undefined,
    ),
    ...from(settings, 'certificateDays'),
  },
  outputs: {
    preflightVerdict: oneOf(PREFLIGHT_VERDICTS, {
      doc: 'clear: the upgrade may begin. pause: kured rolls a node. halt: the cluster is not fit.',
      example: 'clear',
    }),
    preflightMessage: text({ doc: 'The verdict, and a line for each finding.', example: 'Fit for v1.34.10.' }),
  },
  access: [
    ...[listNodes, listStaticPods, readKillSwitch, rememberHostKeys, readKured, findKured, readRestoreHook],
    {
      apiGroup: '',
      resources: ['configmaps'],
      verbs: ['get'],
      scope: 'kube-system',
      names: ['kubeadm-config', 'kubelet-config'],
    },
  ],
  ssh: true,
  // The API servers may be away for 600 s, control-plane nodes are looked at for 600 s twice; then kubeadm, for 180 s twice.
  deadline: { seconds: 2700, plus: ['sshConnectTimeoutSeconds'] },
});

export type PreflightInput = Pick<
  InputOf<typeof preflight>,
  | 'target'
  | 'quietHours'
  | 'freeMiB'
  | 'certificateDays'
  | 'runUid'
  | 'restoreHook'
  | 'kubeadmPatches'
  | 'kuredDaemonSet'
> & { readonly alerts: AlertScope };

import {
  findKured,
  listNodes,
  listStaticPods,
  readKillSwitch,
  readKured,
  readRestoreHook,
  rememberHostKeys,
} from '../../contract/access.ts';
import { count, kubeVersion, list, oneOf, optional, text } from '../../contract/param.ts';
import { alertInputs, kuredInputs, sshInputs } from '../../contract/run-context.ts';
import { kubeadmPatches } from '../../contract/kubeadm-patches.ts';
import { restoreHook } from '../../contract/restore-hook.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { PREFLIGHT_VERDICTS } from '../../run/admission.ts';

export const preflight = defineStep({
  name: 'preflight',
  summary: 'Says whether the cluster is fit for an upgrade: nodes, alerts, etcd, certificates, head-room, kubeadm.',
  inputs: {
    ...sshInputs,
    ...alertInputs,
    ...kuredInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.34.10' }),
    ignorePreflightErrors: list({ doc: 'kubeadm preflight checks that only warn.', example: 'CoreDNSMigration' }),
    quietHours: count({
      doc: 'For how many hours no node may have changed its Ready condition; 0 to not ask.',
      example: '24',
    }),
    keepBackupsDays: count({ doc: "After how many days kubeadm's backups on control-plane nodes go.", example: '3' }),
    freeMiB: count({ doc: "Head-room on etcd's volume, beside the copies of its data.", example: '1024' }),
    restoreHook,
    kubeadmPatches,
    snapshotDirectory: optional(
      text({
        doc: 'Folder on control-plane nodes to which etcd is saved first; empty where that is none of ours.',
        example: '/var/lib/k8s-upgrade-etcd-backup',
      }),
    ),
    certificateDays: count({ doc: 'A certificate that ends within so many days is warned of.', example: '7' }),
  },
  outputs: {
    preflightVerdict: oneOf(PREFLIGHT_VERDICTS, {
      doc: 'clear: go. pause: kured rolls a node. halt: not in this state.',
      example: 'clear',
    }),
    preflightMessage: text({ doc: 'The verdict, and a line for each finding.', example: 'Fit for v1.34.10.' }),
  },
  access: [
    ...[listNodes, listStaticPods, readKillSwitch, rememberHostKeys, readKured, findKured, readRestoreHook],
    {
      ...{ apiGroup: '', resources: ['configmaps'], verbs: ['get'], scope: 'kube-system' },
      names: ['kubeadm-config', 'kubelet-config'],
    },
  ],
  ssh: true,
  // The API servers may be away for 600 s, control-plane nodes are looked at for 600 s twice; then kubeadm, for 180 s twice.
  deadline: { seconds: 2700, plus: ['sshConnectTimeoutSeconds'] },
});

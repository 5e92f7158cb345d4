import { READ_ON } from '../../kubernetes/releases.ts';
import { changelog, gates, kubeadmGates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_35: Boundary = {
  ...NOTHING,
  target: '1.35',
  flags: [
    {
      component: 'kubelet',
      flag: 'pod-infra-container-image',
      // kubeadm 1.35 takes away what an older kubeadm wrote there; nothing that people wrote elsewhere.
      cleanedUpIn: 'kubeadm-flags.env',
      source: pull(133779),
    },
  ],
  gates: [
    ...gates(pull(133720), 'SizeMemoryBackedVolumes'),
    ...gates(pull(132157), 'UserNamespacesHostNetworkSupport'),
    ...gates(
      { url: 'https://github.com/siderolabs/talos/issues/13480', date: READ_ON },
      'UserNamespacesPodSecurityStandards',
    ),
    ...kubeadmGates(changelog('1.35'), 'WaitForAllControlPlaneComponents'),
  ],
  cgroupV1: { source: pull(134744) },
};

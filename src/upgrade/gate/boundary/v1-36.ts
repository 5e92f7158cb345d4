import { READ_ON } from '../../kubernetes/releases.ts';
import { gates, kubeadmGates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_36: Boundary = {
  ...NOTHING,
  target: '1.36',
  gates: [
    ...gates(pull(135322), 'CSIMigrationPortworx', 'InTreePluginPortworxUnregister'),
    ...gates(pull(136066), 'WatchFromStorageWithoutResourceVersion'),
    ...gates(
      { url: 'https://github.com/siderolabs/go-kubernetes/blob/main/kubernetes/upgrade/checks.go', date: READ_ON },
      'HonorPVReclaimPolicy',
    ),
    ...kubeadmGates(
      { url: 'https://github.com/kubernetes-sigs/kind/issues/4230', date: READ_ON },
      'ControlPlaneKubeletLocalMode',
    ),
  ],
};

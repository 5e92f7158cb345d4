import type { Source } from '../../kubernetes/releases.ts';
import { flags, gates, NOTHING, type Boundary } from './boundary.ts';

const ANNOUNCED: Source = {
  url: 'https://kubernetes.io/blog/2023/03/17/upcoming-changes-in-kubernetes-v1-27/',
  date: '2023-03-17',
};

export const v1_27: Boundary = {
  ...NOTHING,
  target: '1.27',
  flags: [
    ...flags('kube-controller-manager', ANNOUNCED, 'enable-taint-manager', 'pod-eviction-timeout'),
    ...flags('kubelet', ANNOUNCED, 'container-runtime', 'master-service-namespace'),
  ],
  gates: gates(
    ANNOUNCED,
    'ExpandCSIVolumes',
    'ExpandInUsePersistentVolumes',
    'ExpandPersistentVolumes',
    'ControllerManagerLeaderMigration',
    'CSIMigration',
    'CSIInlineVolume',
    'EphemeralContainers',
    'LocalStorageCapacityIsolation',
    'NetworkPolicyEndPort',
    'StatefulSetMinReadySeconds',
    'IdentifyPodOS',
    'DaemonSetUpdateSurge',
  ),
};

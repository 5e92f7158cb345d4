import { READ_ON } from '../../kubernetes/releases.ts';
import { flags, gates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_34: Boundary = {
  ...NOTHING,
  target: '1.34',
  flags: flags('kubelet', pull(130161), 'cloud-config'),
  gates: [
    ...gates(pull(132083), 'DevicePluginCDIDevices'),
    ...gates(pull(131463), 'LegacySidecarContainers'),
    ...gates(pull(129501), 'PodDisruptionConditions'),
  ],
  etcd: {
    floor: '3.5.26',
    because: 'kubeadm 1.34 upgrades etcd to 3.6, and members before 3.5.26 can come back as zombies there',
    source: { url: 'https://etcd.io/blog/2025/zombie_members_upgrade/', date: READ_ON },
  },
};

import { changelog, flags, gates, kubeadmGates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_33: Boundary = {
  ...NOTHING,
  target: '1.33',
  flags: flags('kube-apiserver', pull(130162), 'cloud-config', 'cloud-provider'),
  gates: [
    ...gates(pull(129375), 'AppArmor'),
    ...gates(pull(129497), 'AppArmorFields'),
    ...gates(pull(129296), 'CPUManager'),
    ...gates(pull(130162), 'DisableCloudProviders', 'DisableKubeletCloudCredentialProviders'),
    ...gates(pull(129498), 'JobPodFailurePolicy'),
    ...gates(pull(129692), 'KubeProxyDrainingTerminatingNodes'),
    ...gates(pull(129500), 'PDBUnhealthyPodEvictionPolicy'),
    ...gates(pull(129295), 'PersistentVolumeLastPhaseTransitionTime'),
    ...gates(pull(128184), 'VolumeCapacityPriority'),
    ...kubeadmGates(changelog('1.33'), 'EtcdLearnerMode'),
  ],
};

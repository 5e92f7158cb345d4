import { READ_ON, type Minor, type Source } from '../../kubernetes/releases.ts';

/** Components that read flags and feature gates. kubeadm reads its own gates, from ClusterConfiguration. */
export const COMPONENTS = [
  'kubelet',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubeadm',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** Sources that hold a component's configuration, with their description. */
export const PLACES = {
  'static-pod-manifest': 'its static pod manifest',
  'kubeadm-flags.env': '/var/lib/kubelet/kubeadm-flags.env',
  'etc-default-kubelet': '/etc/default/kubelet',
  'etc-sysconfig-kubelet': '/etc/sysconfig/kubelet',
  'kubelet-unit': 'its systemd unit or a drop-in of it',
  'kubelet-environment': 'a file that its systemd unit names in EnvironmentFile',
  'kubelet-config-folder': 'a file in the directory of its flag --config-dir',
  'kubelet-config-file': '/var/lib/kubelet/config.yaml',
  'kubeadm-config': 'ConfigMap kube-system/kubeadm-config',
  'kubelet-config': 'ConfigMap kube-system/kubelet-config',
  'kube-proxy-config': 'ConfigMap kube-system/kube-proxy',
} as const;
export type Place = keyof typeof PLACES;

/** A flag that a minor removes. A component with this flag does not start. */
export interface RemovedFlag {
  readonly component: Component;
  /** Name without dashes. */
  readonly flag: string;
  /** The source from which the target's kubeadm removes the flag itself, so no action is needed. */
  readonly cleanedUpIn?: Place;
  readonly source: Source;
}

/**
 * A gate that a minor removes or locks. A component with a removed gate, or with another value than the locked one,
 * does not start.
 */
export interface RemovedGate {
  readonly gate: string;
  /** Absent: the gate is unknown. Present: the gate is known, and only this value is valid. */
  readonly lockedTo?: boolean;
  /** `kubeadm`: a gate of ClusterConfiguration. `kubernetes`: a gate of any Kubernetes component. */
  readonly of: 'kubernetes' | 'kubeadm';
  readonly source: Source;
}

interface RemovedPlugin {
  readonly plugin: string;
  readonly source: Source;
}

interface RemovedKubeadmApi {
  readonly version: string;
  readonly source: Source;
}

export interface EtcdFloor {
  readonly floor: string;
  readonly because: string;
  readonly source: Source;
}

/** What breaks in an upgrade from the previous minor to `target`. */
export interface Boundary {
  readonly target: Minor;
  readonly flags: readonly RemovedFlag[];
  readonly gates: readonly RemovedGate[];
  readonly admissionPlugins: readonly RemovedPlugin[];
  readonly kubeadmApis: readonly RemovedKubeadmApi[];
  readonly etcd?: EtcdFloor;
  /** From this minor on, a kubelet on cgroup v1 starts only with `failCgroupV1: false`. */
  readonly cgroupV1?: { readonly source: Source };
}

/** A boundary without rows, to spread into a boundary. */
export const NOTHING = { flags: [], gates: [], admissionPlugins: [], kubeadmApis: [] } as const;

export const pull = (number: number): Source => ({
  url: `https://github.com/kubernetes/kubernetes/pull/${number}`,
  date: READ_ON,
});
export const changelog = (minor: Minor): Source => ({
  url: `https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-${minor}.md`,
  date: READ_ON,
});
/** The table at this URL cites a pull request or a changelog for each row. */
export const GO_KUBERNETES: Source = {
  url: 'https://github.com/siderolabs/go-kubernetes/blob/0a235c069d7d1cbf18a83cf73e23fed3e861a60b/kubernetes/upgrade/checks.go',
  date: READ_ON,
};

export const flags = (component: Component, source: Source, ...names: readonly string[]): RemovedFlag[] =>
  names.map((flag) => ({ component, flag, source }));
export const gates = (source: Source, ...names: readonly string[]): RemovedGate[] =>
  names.map((gate) => ({ gate, of: 'kubernetes', source }));
export const kubeadmGates = (source: Source, ...names: readonly string[]): RemovedGate[] =>
  names.map((gate) => ({ gate, of: 'kubeadm', source }));
export const locked = (source: Source, gate: string, lockedTo: boolean): RemovedGate => ({
  gate,
  lockedTo,
  of: 'kubernetes',
  source,
});

import type { KubeVersion } from '../../kubernetes/kube-version.ts';
import type { LocalEtcd } from '../manifests/etcd.ts';
import type { ControlPlaneComponent } from '../../node/node.ts';
import type { Reading } from '../../reading.ts';
import type { Component, Place } from './boundary.ts';
import type { Flag } from './flags.ts';

/**
 * What one source says about one component. A missing file of flags says nothing: both fields are empty, and the
 * reading is known. kubeadm starts no kubelet without its configuration file. When that file is missing, this code
 * reads the wrong path.
 */
export interface Written {
  readonly flags: readonly Flag[];
  /** Gates of a `featureGates` field. The flag `--feature-gates` holds its own gates. */
  readonly featureGates: Readonly<Record<string, boolean>>;
}

export const KUBELET_PLACES = [
  'kubeadm-flags.env',
  'etc-default-kubelet',
  'etc-sysconfig-kubelet',
  'kubelet-unit',
  'kubelet-environment',
  'kubelet-config-folder',
  'kubelet-config-file',
] as const;
export type KubeletPlace = (typeof KUBELET_PLACES)[number];

export interface NodeConfiguration {
  readonly name: string;
  readonly kubelet: KubeVersion;
  /** Version of the file system at /sys/fs/cgroup. */
  readonly cgroup: Reading<'v1' | 'v2'>;
  readonly kubeletPlaces: Readonly<Record<KubeletPlace, Reading<Written>>>;
  /** Undefined on a worker. */
  readonly staticPods: Readonly<Record<ControlPlaneComponent, Reading<Written>>> | undefined;
}

/** ConfigMap kube-system/kubeadm-config. The target's kubeadm reads it and generates the static pods from it. */
export interface KubeadmConfig {
  /** `apiVersion` of every document in it. */
  readonly apiVersions: readonly string[];
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** Flags from `extraArgs`. */
  readonly components: Readonly<Record<ControlPlaneComponent, Written>>;
  /** kubeadm does not manage etcd: an upgrade leaves it as it is. */
  readonly externalEtcd?: boolean;
  /** Undefined when etcd is external. */
  readonly localEtcd?: LocalEtcd | undefined;
}

/** ConfigMap kube-system/kubelet-config. `kubeadm upgrade` gives it to every kubelet. */
export interface KubeletConfig extends Written {
  /** Undefined when the field is absent. */
  readonly failCgroupV1: boolean | undefined;
}

export interface EtcdMember {
  readonly name: string;
  /** The version that etcd reports, or its image tag: `3.5.24`, `3.5.24-0`. */
  readonly version: string;
}

/** Everything that the gate compares with the boundary table. */
export interface Configuration {
  readonly nodes: readonly NodeConfiguration[];
  readonly kubeadmConfig: Reading<KubeadmConfig>;
  readonly kubeletConfig: Reading<KubeletConfig>;
  readonly kubeProxyConfig: Reading<Written>;
  readonly etcd: Reading<readonly EtcdMember[]>;
}

/** One source of configuration of one component, on one node or for the whole cluster. */
export interface ConfigReading {
  readonly component: Component;
  readonly place: Place;
  readonly node: string | undefined;
  readonly read: Reading<Written>;
}

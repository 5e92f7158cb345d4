import type { KubeVersion } from '../../kubernetes/kube-version.ts';
import type { LocalEtcd } from '../manifests/etcd.ts';
import type { ControlPlaneComponent } from '../../node/node.ts';
import type { Reading } from '../../reading.ts';
import type { Component, Place } from './boundary.ts';
import type { Flag } from './flags.ts';

/**
 * What one place says of one component. A file of flags that is not there says nothing: both are empty, and it is known.
 * kubeadm starts no kubelet without its configuration file: when that is not there, we look in the wrong place.
 */
export interface Written {
  readonly flags: readonly Flag[];
  /** Of a `featureGates` field; those of `--feature-gates` are read from the flag. */
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
  /** Of the file system at /sys/fs/cgroup. */
  readonly cgroup: Reading<'v1' | 'v2'>;
  readonly kubeletPlaces: Readonly<Record<KubeletPlace, Reading<Written>>>;
  /** Undefined on a worker. */
  readonly staticPods: Readonly<Record<ControlPlaneComponent, Reading<Written>>> | undefined;
}

/** ConfigMap kube-system/kubeadm-config: what the target's kubeadm reads and makes the static pods from. */
export interface KubeadmConfig {
  /** `apiVersion` of every document in it. */
  readonly apiVersions: readonly string[];
  readonly featureGates: Readonly<Record<string, boolean>>;
  /** From `extraArgs`. */
  readonly components: Readonly<Record<ControlPlaneComponent, Written>>;
  /** etcd is not kubeadm's: an upgrade leaves it as it is. */
  readonly externalEtcd?: boolean;
  /** Undefined where etcd is external. */
  readonly localEtcd?: LocalEtcd | undefined;
}

/** ConfigMap kube-system/kubelet-config: what `kubeadm upgrade` gives every kubelet. */
export interface KubeletConfig extends Written {
  /** Undefined where the field is absent. */
  readonly failCgroupV1: boolean | undefined;
}

export interface EtcdMember {
  readonly name: string;
  /** As etcd answers it, or from its image tag: `3.5.24`, `3.5.24-0`. */
  readonly version: string;
}

/** Everything that the boundary table is held against. */
export interface Configuration {
  readonly nodes: readonly NodeConfiguration[];
  readonly kubeadmConfig: Reading<KubeadmConfig>;
  readonly kubeletConfig: Reading<KubeletConfig>;
  readonly kubeProxyConfig: Reading<Written>;
  readonly etcd: Reading<readonly EtcdMember[]>;
}

/** One place of one component, on one node or for the whole cluster. */
export interface Look {
  readonly component: Component;
  readonly place: Place;
  readonly node: string | undefined;
  readonly read: Reading<Written>;
}

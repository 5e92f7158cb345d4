import type { KubeVersion } from '../kubernetes/kube-version.ts';
import type { LastUpgrade } from './last-upgrade.ts';
import type { UpgradeRecord } from './upgrade-record.ts';
import type { Reading } from '../reading.ts';
import type { AddressType } from './ssh-address.ts';

/** Static pods that kubeadm upgrades together with a control-plane node. etcd has its own version. */
export const CONTROL_PLANE_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export type ControlPlaneComponent = (typeof CONTROL_PLANE_COMPONENTS)[number];

/** One static pod of a control-plane node, as its mirror pod shows it. */
export interface StaticPod {
  readonly component: ControlPlaneComponent;
  /** undefined when the image tag is not a release: a vendor's tag, or only a digest. */
  readonly version: KubeVersion | undefined;
  /** The image as the pod names it, only without a version. Empty when the pod has no container with that name. */
  readonly image?: string;
  readonly ready: boolean;
}

export interface Taint {
  readonly key: string;
  /** Empty when the taint has no value. */
  readonly value: string;
  readonly effect: string;
}

export interface IgnoredUpgradeRecord {
  readonly to: KubeVersion;
  /** Key of the annotation that holds the record. */
  readonly annotation: string;
}

/** The facts about a node that an upgrade needs. Times are milliseconds since the epoch. */
export interface ClusterNode {
  readonly name: string;
  readonly uid: string;
  /** The object's resourceVersion at the time of the read. */
  readonly revision: string;
  readonly createdAtMs: number;
  readonly controlPlane: boolean;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** The first InternalIP; undefined when the Node object names none. */
  readonly internalIp: string | undefined;
  /** The address for SSH, or why there is none. Absent: use the first InternalIP. */
  readonly sshAddress?: { readonly type: AddressType; readonly address: Reading<string> };
  /** `.status.nodeInfo.machineID`, from /etc/machine-id; empty when the kubelet does not report it. */
  readonly machineId?: string;
  readonly kubelet: KubeVersion;
  /** The annotation that tells kubeadm the socket of the container runtime (`cri-socket.ts`); undefined without it. */
  readonly criSocket?: string;
  /** The runtime as the kubelet reports it, such as `containerd://1.7.28`; empty when it reports none. */
  readonly runtime: string;
  /** Empty for a worker. */
  readonly staticPods: readonly StaticPod[];
  readonly upgradeRecord: UpgradeRecord | undefined;
  /** A worker's upgrade record that no control-plane node confirms. No step acts on it. */
  readonly ignoredUpgradeRecord?: IgnoredUpgradeRecord | undefined;
  readonly lastUpgrade: LastUpgrade | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** For a node that was there when the step was planned. */
export const nodeIsGone = (name: string): string => `There is no node ${name} any more.`;

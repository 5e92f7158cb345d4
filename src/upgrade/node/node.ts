import type { KubeVersion } from '../kubernetes/kube-version.ts';
import type { LastUpgrade } from './last-upgrade.ts';
import type { Ledger } from './ledger.ts';
import type { Reading } from '../reading.ts';
import type { AddressType } from './ssh-address.ts';

/** The static pods that kubeadm upgrades together with a control-plane node. etcd has a version of its own. */
export const CONTROL_PLANE_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export type ControlPlaneComponent = (typeof CONTROL_PLANE_COMPONENTS)[number];

/** One static pod of a control-plane node, as its mirror pod shows it. */
export interface StaticPod {
  readonly component: ControlPlaneComponent;
  /** undefined when the image tag is no release: a vendor's tag, or a digest alone. */
  readonly version: KubeVersion | undefined;
  /** Only without a version: the image as the pod names it. Empty when the pod has no container of that name. */
  readonly image?: string;
  readonly ready: boolean;
}

export interface Taint {
  readonly key: string;
  /** Empty when it has none. */
  readonly value: string;
  readonly effect: string;
}

export interface IgnoredLedger {
  readonly to: KubeVersion;
  /** The key of the annotation that holds it. */
  readonly annotation: string;
}

/** What an upgrade needs to know of a node. Dates are milliseconds since the epoch. */
export interface ClusterNode {
  readonly name: string;
  readonly uid: string;
  /** The object's resourceVersion when it was read. */
  readonly revision: string;
  readonly createdAtMs: number;
  readonly controlPlane: boolean;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  /** The first InternalIP; undefined when the Node object names none. */
  readonly internalIp: string | undefined;
  /** The address that SSH goes to, or why there is none. Absent: the first InternalIP. */
  readonly sshAddress?: { readonly type: AddressType; readonly address: Reading<string> };
  /** `.status.nodeInfo.machineID`, from /etc/machine-id; empty when the kubelet does not report it. */
  readonly machineId?: string;
  readonly kubelet: KubeVersion;
  /** The annotation by which kubeadm finds the socket of the container runtime (`cri-socket.ts`); undefined when there is none. */
  readonly criSocket?: string;
  /** As the kubelet reports it: `containerd://1.7.28`; empty when it does not. */
  readonly runtime: string;
  /** Empty for a worker. */
  readonly staticPods: readonly StaticPod[];
  readonly ledger: Ledger | undefined;
  /** A worker's ledger that no control-plane node confirms. Nothing follows from it. */
  readonly ignoredLedger?: IgnoredLedger | undefined;
  readonly lastUpgrade: LastUpgrade | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

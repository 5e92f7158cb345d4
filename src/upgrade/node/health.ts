import type { Reading } from '../reading.ts';

/** Conditions that say that a node runs out of a resource. */
export const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
export type Pressure = (typeof PRESSURES)[number];

/** The health that a Node object reports. */
export interface NodeHealth {
  /** Conditions of {@link PRESSURES} that are not False: True, Unknown or missing. */
  readonly pressures: readonly Pressure[];
  /** When the Ready condition last changed, in milliseconds since the epoch. */
  readonly readySinceMs: Reading<number>;
}

/** The health of a control-plane node's etcd member, as the member reports it on that node. */
export type EtcdHealth =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unhealthy'; readonly because: string }
  /** The node has no etcd manifest: etcd runs elsewhere. */
  | { readonly kind: 'external' };

export interface CertificateFile {
  readonly path: string;
  readonly expiresAtMs: number;
}

/** A file system, identified by its mount point. */
export interface Volume {
  readonly mount: string;
  readonly freeBytes: number;
}

/** What is written on a control-plane node, and where. Several volumes may be one file system. */
export interface Volumes {
  /** Size of etcd's data in bytes; 0 when the node runs no etcd. */
  readonly etcdDataBytes: number;
  readonly etcd: Volume;
  /** Where kubeadm copies etcd's data before each of its upgrades: /etc/kubernetes/tmp. */
  readonly backups: Volume;
  /** Where this project's CronJob writes etcd snapshots; undefined without that CronJob. */
  readonly snapshots: Volume | undefined;
}

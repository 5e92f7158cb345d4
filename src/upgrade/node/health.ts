import type { Reading } from '../reading.ts';

/** Conditions that say that a node runs out of something. */
export const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
export type Pressure = (typeof PRESSURES)[number];

/** How a node says that it is. */
export interface NodeHealth {
  /** Conditions of {@link PRESSURES} that are not False: true, unknown, or not there at all. */
  readonly pressures: readonly Pressure[];
  /** When its Ready condition last changed, in milliseconds since the epoch. */
  readonly readySinceMs: Reading<number>;
}

/** The etcd member of a control-plane node, as it answers on that node. */
export type EtcdHealth =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'unhealthy'; readonly because: string }
  /** No manifest of etcd on the node: it is somewhere else. */
  | { readonly kind: 'external' };

export interface CertificateFile {
  readonly path: string;
  readonly expiresAtMs: number;
}

/** A file system, by where it is mounted. */
export interface Volume {
  readonly mount: string;
  readonly freeBytes: number;
}

/** What is written on a control-plane node, and where; several of the volumes may be one. */
export interface Volumes {
  /** 0 where there is no etcd on the node. */
  readonly etcdDataBytes: number;
  readonly etcd: Volume;
  /** Where kubeadm copies the data of etcd to before each of its upgrades: /etc/kubernetes/tmp. */
  readonly backups: Volume;
  /** Where our own CronJob writes snapshots of etcd; undefined where there is none. */
  readonly snapshots: Volume | undefined;
}

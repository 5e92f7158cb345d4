import type { Reading } from './reading.ts';

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

/** In bytes, and on what the files are. etcd's data is copied to /etc/kubernetes/tmp before each of its upgrades. */
export interface Volumes {
  readonly etcdDataBytes: number;
  readonly etcdFreeBytes: number;
  readonly backupFreeBytes: number;
  readonly sameVolume: boolean;
}

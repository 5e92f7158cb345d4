/** kured reboots nodes under a lock of its own: an annotation of its DaemonSet. */
export interface KuredState {
  /** `namespace/name`. */
  readonly daemonSet: string;
  readonly annotation: string;
  /** The object's resourceVersion when it was read. */
  readonly revision: string;
  /** How many nodes it takes at once. */
  readonly concurrency: number;
  /** What the annotation says; undefined when there is none. */
  readonly lock: string | undefined;
}

export interface Kured {
  /** undefined where there is no kured. */
  state(): Promise<KuredState | undefined>;
  /** Every DaemonSet that runs kured, `namespace/name`, whatever the settings name; sorted. */
  installed(): Promise<readonly string[]>;
  /** Writes only when the DaemonSet is still as it was read; null removes the annotation. */
  writeLock(seen: KuredState, lock: string | null): Promise<'written' | 'changed' | 'gone'>;
}

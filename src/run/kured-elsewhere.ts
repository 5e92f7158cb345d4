/** A kured that reboots nodes during an upgrade, because no step holds its lock. */
export interface KuredElsewhere {
  /** `namespace/name`. */
  readonly daemonSet: string;
  readonly found: string;
  /** A whole sentence. */
  readonly remedy: string;
}

/**
 * `installed`: every DaemonSet that runs kured. `named`: the DaemonSet in the settings. Each one as `namespace/name`.
 */
export const kuredElsewhere = (installed: readonly string[], named: string): KuredElsewhere[] =>
  installed
    .filter((daemonSet) => daemonSet !== named)
    .map((daemonSet) => ({
      daemonSet,
      found: `kured, and the settings name ${named}`,
      remedy: `Set kured.daemonSet: ${daemonSet}, or kured.mode: off where it and an upgrade may take nodes at once.`,
    }));

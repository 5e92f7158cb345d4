import type { LastRun, UpgradeGauges, VersionCheck } from '../../signals/gauges.ts';

/**
 * The gauges that the alert rules read. A failed push never fails an upgrade: no method throws, and the log has a line for
 * each push that failed.
 */
export interface Gauges {
  /** Keeps gauges that are not named. Only for the run that holds the Lease, or while no other run is active. */
  upgrade(values: UpgradeGauges): Promise<void>;
  /** Replaces all gauges of the previous check. Only after a check that succeeded as a whole. */
  versionCheck(values: VersionCheck): Promise<void>;
  /** Replaces all gauges of the previous run. Only while no other run is active. */
  lastRun(values: LastRun): Promise<void>;
}

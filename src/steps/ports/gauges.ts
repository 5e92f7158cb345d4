import type { LastRun, UpgradeGauges, VersionCheck } from '../../signals/gauges.ts';

/**
 * What the pipeline says of itself to the alert rules. Saying it is no part of an upgrade: nothing here ever throws, and
 * what could not be said is a line in the log.
 */
export interface Gauges {
  /** What is not said stays as it was. Only for the run that holds the Lease, or when no other run is at work. */
  upgrade(values: UpgradeGauges): Promise<void>;
  /** Takes the place of everything that the check before said. Only after a check that worked as a whole. */
  versionCheck(values: VersionCheck): Promise<void>;
  /** Takes the place of everything that was said of the run before. Only when no other run is at work. */
  lastRun(values: LastRun): Promise<void>;
}

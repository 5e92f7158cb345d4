import { CampaignSettings, type Overrides } from '../../kit/cluster.ts';

/** The version that nodes run when a scenario begins, and the patch that it upgrades to. */
export const RUNNING = '1.34.9';
export const NEXT = '1.34.10';
/** A patch after the target. */
export const LATER = '1.34.11';

export const SETTINGS = new CampaignSettings('nodes');
export const applySettings = (overrides: Overrides = {}): Promise<void> => SETTINGS.apply(overrides);

/** `nightly` of settings with maintenance windows: the campaign submits each run, and the schedule meets no window. */
export const BY_HAND = { suspend: true };

/** A maintenance window of every day. */
export function windowOf(startMs: number, endMs: number): object {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  return { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], start: time(startMs), end: time(endMs) };
}

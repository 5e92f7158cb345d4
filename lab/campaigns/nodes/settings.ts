import { CampaignSettings, type Overrides } from '../../kit/settings.ts';

export const SETTINGS = new CampaignSettings('nodes');
export const applySettings = (overrides: Overrides = {}): Promise<void> => SETTINGS.apply(overrides);

/** `nightly` of settings with maintenance windows: the campaign submits each run, and the schedule meets no window. */
export const BY_HAND = { suspend: true };

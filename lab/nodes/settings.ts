import { CampaignSettings, type Overrides } from '../campaign/settings.ts';

export const SETTINGS = new CampaignSettings('nodes');
export const applySettings = (overrides: Overrides = {}): Promise<void> => SETTINGS.apply(overrides);

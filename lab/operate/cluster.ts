import { CampaignSettings } from '../campaign/settings.ts';

export const SETTINGS = new CampaignSettings('operate');

/** What the cluster runs, and the next minor, which somebody must approve. */
export const RUNNING = '1.33.13';
export const NEXT = '1.34.10';
/** A patch of that minor, the same code. */
export const PATCH = '1.34.11';

import { CampaignSettings } from '../../kit/cluster.ts';

export const SETTINGS = new CampaignSettings('gate');

/** What the cluster runs, and the next minor. */
export const RUNNING = '1.33.13';
export const NEXT = '1.34.10';

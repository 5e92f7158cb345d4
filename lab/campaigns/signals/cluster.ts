import { CampaignSettings } from '../../kit/cluster.ts';

export const SETTINGS = new CampaignSettings('signals');

/** What the cluster runs, and the next minor: a minor meets every decision that there is. */
export const RUNNING = '1.33.13';
export const NEXT = '1.34.10';

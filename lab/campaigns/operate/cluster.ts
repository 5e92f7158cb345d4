import { CampaignSettings } from '../../kit/cluster.ts';

export const SETTINGS = new CampaignSettings('operate');

/** The version of the cluster and the next minor, which needs approval. */
export const RUNNING = '1.33.13';
export const NEXT = '1.34.10';
/** A patch of that minor, the same code. */
export const PATCH = '1.34.11';

/** What a reader fills in for the settings of the cluster, and for its manifests. */
export const CLUSTER = { '<name>': SETTINGS.file };
export const MANIFESTS = { 'dist/<name>': SETTINGS.folder };

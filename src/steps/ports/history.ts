import type { KeptRun } from '../../run/history.ts';

/** Results of earlier runs, from the Workflows that Argo keeps. They survive a restart of the Pushgateway. */
export interface History {
  /** Every run of ours that is kept or under way; the reports themselves are none. In no order of its own. */
  runs(): Promise<readonly KeptRun[]>;
}

import type { KeptRun } from '../../run/history.ts';

/** What became of earlier runs, by what Argo keeps of them: it outlives a Pushgateway that forgets. */
export interface History {
  /** Every run of ours that is kept or under way; the reports themselves are none. In no order of its own. */
  runs(): Promise<readonly KeptRun[]>;
}

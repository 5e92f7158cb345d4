import type { Outcome } from '../outcomes.ts';

/** A situation that a user of a kubeadm cluster reported in public. */
export interface FieldFault {
  readonly id: string;
  /** The situation and its effect in one sentence. */
  readonly situation: string;
  /** URL of one public report. Left out where none was found. */
  readonly source?: string;
  /** Left out while the fault is open. */
  readonly outcome?: Outcome;
}

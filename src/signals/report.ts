/** What a morning is called. `available`: nothing is in the way of the next run. `unknown`: it cannot be told. */
export const REPORT_OUTCOMES = [
  ...(['nothing-to-do', 'available', 'blocked', 'held', 'refused', 'upgraded', 'in-progress'] as const),
  ...(['paused', 'halted', 'failed', 'stale', 'unknown'] as const),
] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

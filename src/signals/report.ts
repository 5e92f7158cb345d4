/** Outcomes of a report. `available`: nothing blocks the next run. `unknown`: the outcome cannot be determined. */
export const REPORT_OUTCOMES = [
  ...(['nothing-to-do', 'available', 'blocked', 'held', 'refused', 'upgraded', 'in-progress'] as const),
  ...(['paused', 'halted', 'failed', 'stale', 'unknown'] as const),
] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

import type { Source } from '../kubernetes/releases.ts';

/**
 * `actionable`: a person can fix it. `waiting`: only a release or a review by others helps.
 * `pinned`: the operator does not want a fix. `unknown`: the check could not read it. `warning`: reported, never
 * blocks.
 */
export const FINDING_CLASSES = ['unknown', 'actionable', 'waiting', 'pinned', 'warning'] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];

/**
 * Checks in the order in which an operator reads them. `gate`: the gate itself failed. `review`: this project's tables
 * are too old.
 */
export const FINDING_CHECKS = [
  ...(['gate', 'skew', 'review', 'addons', 'removed-apis', 'configuration', 'runtime'] as const),
  ...([
    'nodes',
    'quiet',
    'alerts',
    'kubeadm',
    'etcd',
    'certificates',
    'volumes',
    'packages',
    'restore hook',
    'kured',
  ] as const),
] as const;
export type FindingCheck = (typeof FINDING_CHECKS)[number];

/** Identifies every finding of one kind in messages, metrics and tests. The meaning of a code never changes. */
export type FindingCode =
  | 'gate-error'
  | 'skew-hop'
  | 'skew-api-servers'
  | 'skew-kubelet'
  | 'skew-unknown'
  | 'table-not-reviewed'
  | 'addon-ceiling'
  | 'addon-untested'
  | 'addon-below-floor'
  | 'addon-below-minimum'
  | 'addon-missing'
  | 'addon-no-matrix'
  | 'addon-not-reviewed'
  | 'addon-retired'
  | 'addon-unreadable'
  | 'addon-settings'
  | 'addons-unknown'
  | 'removed-api'
  | 'removed-apis-unknown'
  | 'removed-apis-forgotten'
  | 'removed-flag'
  | 'removed-feature-gate'
  | 'locked-feature-gate'
  | 'removed-admission-plugin'
  | 'removed-kubeadm-api'
  | 'etcd-floor'
  | 'cgroup-v1'
  | 'configuration-unknown'
  | 'runtime-floor'
  | 'runtime-untested'
  | 'runtime-no-row'
  | 'runtime-unknown'
  | 'node-not-ready'
  | 'node-pressure'
  | 'nodes-unknown'
  | 'control-plane-pod'
  | 'node-unrest'
  | 'node-unrest-unknown'
  | 'alert-firing'
  | 'alert-passed'
  | 'alerts-unknown'
  | 'alerts-off'
  | 'plan-without-target'
  | 'plan-unknown'
  | 'diff-drops-flag'
  | 'diff-undoes-change'
  | 'diff-unknown'
  | 'cri-socket'
  | 'kubeadm-patches'
  | 'kubelet-config-undone'
  | 'host-unknown'
  | 'manifest-copy'
  | 'etcd-unhealthy'
  | 'etcd-even'
  | 'etcd-external'
  | 'certificate-expired'
  | 'certificate-expiring'
  | 'etcd-disk'
  | 'backup-disk'
  | 'snapshot-disk'
  | 'packages-broken'
  | 'packages-unfinished'
  | 'restore-hook'
  | 'kured-elsewhere'
  | 'kured-unknown';

/** One result of the gate: its subject, what was found, what was needed and what to do. */
export interface Finding {
  readonly code: FindingCode;
  readonly class: FindingClass;
  readonly check: FindingCheck;
  readonly subject: string;
  readonly found: string;
  readonly needed: string;
  /** Whole sentences. */
  readonly remedy: string;
  readonly source?: Source;
}

/** Returns one line for a person. The reference page explains the code in brackets. */
export function formatFinding({ code, class: kind, subject, found, needed, remedy, source }: Finding): string {
  const from = source === undefined ? '' : ` Source: ${source.url} (${source.date}).`;
  return `[${kind}: ${code}] ${subject}: found ${found}; needed ${needed}. ${remedy}${from}`;
}

/** Returns the finding as a warning, which does not block. */
export const asWarning = (finding: Finding): Finding => ({ ...finding, class: 'warning' });

/**
 * Sorts findings: blocking classes first, then by check. The result does not depend on the order of the input, and
 * holds each finding once.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const keyed = new Map(findings.map((finding) => [sortKey(finding), finding]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, finding]) => finding);
}

function sortKey(finding: Finding): string {
  const { code, class: kind, check, subject, found, needed, remedy } = finding;
  const ranks = [FINDING_CLASSES.indexOf(kind), FINDING_CHECKS.indexOf(check)].map((rank) =>
    String(rank).padStart(2, '0'),
  );
  // U+0000 sorts before every character of a name, so a shorter name comes first.
  return [...ranks, subject, code, found, needed, remedy].join('\u0000');
}

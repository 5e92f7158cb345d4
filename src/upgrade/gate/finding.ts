import type { Source } from '../kubernetes/releases.ts';

/**
 * `actionable`: a person can fix it. `waiting`: only a release or a review by others helps.
 * `pinned`: the operator does not want a fix. `unknown`: the check could not read it. `warning`: reported, never
 * blocks.
 */
export const FINDING_CLASSES = ['unknown', 'actionable', 'waiting', 'pinned', 'warning'] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];

/**
 * The codes of each check, in the order in which an operator reads the checks. `gate`: the gate itself failed. `review`:
 * this project's tables are too old.
 * A code identifies every finding of one kind in messages, metrics and tests. The meaning of a code never changes.
 */
export const FINDING_CODES = {
  gate: ['gate-error'],
  skew: ['skew-hop', 'skew-api-servers', 'skew-kubelet', 'skew-unknown'],
  review: ['table-not-reviewed'],
  addons: [
    'addon-ceiling',
    'addon-untested',
    'addon-below-floor',
    'addon-below-minimum',
    'addon-missing',
    'addon-no-matrix',
    'addon-not-reviewed',
    'addon-retired',
    'addon-unreadable',
    'addon-settings',
    'addons-unknown',
  ],
  'removed-apis': ['removed-api', 'removed-apis-unknown', 'removed-apis-forgotten'],
  configuration: [
    'removed-flag',
    'removed-feature-gate',
    'locked-feature-gate',
    'removed-admission-plugin',
    'removed-kubeadm-api',
    'etcd-floor',
    'cgroup-v1',
    'configuration-unknown',
  ],
  runtime: ['runtime-floor', 'runtime-untested', 'runtime-no-row', 'runtime-unknown'],
  nodes: ['node-not-ready', 'node-pressure', 'nodes-unknown', 'control-plane-pod', 'host-unknown', 'manifest-copy'],
  quiet: ['node-unrest', 'node-unrest-unknown'],
  alerts: ['alert-firing', 'alert-passed', 'alerts-unknown', 'alerts-off'],
  kubeadm: [
    'plan-without-target',
    'plan-unknown',
    'diff-drops-flag',
    'diff-undoes-change',
    'diff-unknown',
    'cri-socket',
    'kubeadm-patches',
    'kubelet-config-undone',
  ],
  etcd: ['etcd-unhealthy', 'etcd-even', 'etcd-external'],
  certificates: ['certificate-expired', 'certificate-expiring'],
  volumes: ['etcd-disk', 'backup-disk', 'snapshot-disk'],
  packages: ['packages-broken', 'packages-unfinished'],
  'restore hook': ['restore-hook'],
  kured: ['kured-elsewhere', 'kured-unknown'],
} as const;
type FindingCheck = keyof typeof FINDING_CODES;
export type FindingCode = (typeof FINDING_CODES)[FindingCheck][number];

const FINDING_CHECKS = Object.keys(FINDING_CODES) as FindingCheck[];
const CHECK_OF_CODE = Object.fromEntries(
  FINDING_CHECKS.flatMap((check) => FINDING_CODES[check].map((code) => [code, check])),
) as Readonly<Record<FindingCode, FindingCheck>>;

/** One result of a check: its subject, what was found, what was needed and what to do. */
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

export type FindingDetails = Omit<Finding, 'code' | 'class' | 'check' | 'subject'>;

/** Builds a finding. `details`: what was found, what was needed, and the remedy in whole sentences. */
export const finding = (
  code: FindingCode,
  findingClass: FindingClass,
  subject: string,
  details: FindingDetails,
): Finding => ({ code, class: findingClass, check: CHECK_OF_CODE[code], subject, ...details });

/** Returns one line for a person. The reference page explains the code in brackets. */
export function formatFinding({ code, class: findingClass, subject, found, needed, remedy, source }: Finding): string {
  const from = source === undefined ? '' : ` Source: ${source.url} (${source.date}).`;
  return `[${findingClass}: ${code}] ${subject}: found ${found}; needed ${needed}. ${remedy}${from}`;
}

/** Returns the finding as a warning, which does not block. */
export const asWarning = (original: Finding): Finding => ({ ...original, class: 'warning' });

/**
 * Sorts findings: blocking classes first, then by check. The result does not depend on the order of the input, and
 * holds each finding once.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const keyed = new Map(findings.map((each) => [sortKey(each), each]));
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, each]) => each);
}

function sortKey({ code, class: findingClass, check, subject, found, needed, remedy }: Finding): string {
  const ranks = [FINDING_CLASSES.indexOf(findingClass), FINDING_CHECKS.indexOf(check)].map((rank) =>
    String(rank).padStart(2, '0'),
  );
  // U+0000 sorts before every character of a name, so a shorter name comes first.
  return [...ranks, subject, code, found, needed, remedy].join('\u0000');
}

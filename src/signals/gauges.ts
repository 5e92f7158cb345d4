import { formatKubeVersion, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import type { RunDurations } from './run-durations.ts';
import type { HopKind } from '../upgrade/kubernetes/version-skew.ts';

/** How a run may end. Together with in-flight, these are the states that gauges show. */
export const RUN_ENDS = [
  'upgraded',
  'nothing-to-do',
  'detected',
  'refused',
  'paused',
  'halted',
  'blocked',
  'held',
  'failed',
  /** An operation that is not an upgrade has completed. */
  'done',
] as const;
export type RunEnd = (typeof RUN_ENDS)[number];
export const RUN_STATES = ['in-flight', ...RUN_ENDS] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Gauges with their help text. Alert rules select them by name and by CLUSTER_LABEL, never by the job. */
export const GAUGES = {
  k8s_upgrade_in_flight: 'Whether an upgrade is under way: from begin to the exit handler.',
  k8s_upgrade_blocked: 'Whether the last run was blocked by something that somebody can act on.',
  k8s_upgrade_held: 'Whether the last run was held by something that can only be waited for.',
  k8s_upgrade_failed: 'Whether the last run failed.',
  k8s_upgrade_started_timestamp: 'When the upgrade under way began, in seconds since the epoch; 0 when there is none.',
  k8s_upgrade_snapshot_taken: 'Whether the etcd snapshot of the upgrade under way was taken.',
  k8s_upgrade_progress_timestamp: 'When a run last got somewhere, in seconds since the epoch.',
  k8s_upgrade_available: 'Whether there is a newer version to go to, and which; 0 with kind="none".',
  k8s_version_check_last_run_timestamp: 'When the version check last worked as a whole, in seconds since the epoch.',
  k8s_upgrade_last_run_result: 'How the last run ended: 1 for that end, 0 for every other.',
  k8s_upgrade_last_run_timestamp: 'When the last run ended, in seconds since the epoch.',
  k8s_upgrade_phase_duration_seconds: 'How long the last run spent in each phase, of all nodes together.',
  k8s_upgrade_node_duration_seconds: 'How long the last run took over each node, from its drain until after its soak.',
} as const;
export type GaugeName = keyof typeof GAUGES;

export const UPGRADE_JOB = 'k8s-version-upgrade';
export const VERSION_CHECK_JOB = 'k8s-version-check';
/**
 * A Pushgateway group of its own. Each run replaces the whole group at its end, so that no removed node stays in it.
 */
export const LAST_RUN_JOB = 'k8s-version-last-run';

/** The label that separates the gauges of clusters that share a Pushgateway or a Prometheus. */
export const CLUSTER_LABEL = 'cluster';

/** Returns the PromQL selector of a gauge of one cluster. `cluster`: its name, or a Grafana variable. */
export const gaugeOf = (gauge: GaugeName, cluster: string): string => `${gauge}{${CLUSTER_LABEL}="${cluster}"}`;

/** One value of one gauge. */
export interface Sample {
  readonly gauge: GaugeName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Values for the gauges of a run. A gauge without a value here keeps its earlier value. */
export interface UpgradeGauges {
  readonly state: RunState;
  readonly progressAtMs: number;
  /** null: no upgrade is in progress. */
  readonly startedAtMs?: number | null;
  readonly snapshotTaken?: boolean;
}

export const gaugesAtBegin = (nowMs: number): UpgradeGauges => ({
  state: 'in-flight',
  progressAtMs: nowMs,
  startedAtMs: nowMs,
  snapshotTaken: false,
});

/** Keeps the values from the begin of the run. A snapshot for recovery exists now. */
export const gaugesWithSnapshot = (nowMs: number): UpgradeGauges => ({
  state: 'in-flight',
  progressAtMs: nowMs,
  snapshotTaken: true,
});

/** Ends after which no upgrade is half-finished, so no snapshot is needed for recovery. */
const CLEAN: readonly RunEnd[] = ['upgraded', 'nothing-to-do'];

export const gaugesAtEnd = (end: RunEnd, nowMs: number): UpgradeGauges => ({
  state: end,
  progressAtMs: nowMs,
  ...(CLEAN.includes(end) ? { startedAtMs: null, snapshotTaken: false } : {}),
});

const FLAGS = ['k8s_upgrade_in_flight', 'k8s_upgrade_blocked', 'k8s_upgrade_held', 'k8s_upgrade_failed'] as const;

/** The flag that is raised in each state, if any. A refusal, a pause and a halt are decisions, not failures. */
const RAISED: Readonly<Record<RunState, (typeof FLAGS)[number] | undefined>> = {
  'in-flight': 'k8s_upgrade_in_flight',
  upgraded: undefined,
  'nothing-to-do': undefined,
  detected: undefined,
  refused: undefined,
  paused: undefined,
  halted: undefined,
  blocked: 'k8s_upgrade_blocked',
  held: 'k8s_upgrade_held',
  failed: 'k8s_upgrade_failed',
  done: undefined,
};

export function upgradeSamples({ state, progressAtMs, startedAtMs, snapshotTaken }: UpgradeGauges): Sample[] {
  return [
    ...FLAGS.map((flag) => sample(flag, Number(RAISED[state] === flag))),
    ...(startedAtMs === undefined ? [] : [sample('k8s_upgrade_started_timestamp', seconds(startedAtMs ?? 0))]),
    ...(snapshotTaken === undefined ? [] : [sample('k8s_upgrade_snapshot_taken', Number(snapshotTaken))]),
    sample('k8s_upgrade_progress_timestamp', seconds(progressAtMs)),
  ];
}

/** The result of a successful version check. The kinds are those of a detection. */
export interface VersionCheck {
  readonly kind: HopKind | 'none';
  readonly running: KubeVersion;
  /** undefined when there is no version to upgrade to. */
  readonly target: KubeVersion | undefined;
  readonly checkedAtMs: number;
}

export function versionCheckSamples({ kind, running, target, checkedAtMs }: VersionCheck): Sample[] {
  const found = kind !== 'none' && target !== undefined;
  const labels = {
    kind: found ? kind : 'none',
    running: formatKubeVersion(running),
    target: found ? formatKubeVersion(target) : 'none',
  };
  return [
    sample('k8s_upgrade_available', Number(found), labels),
    sample('k8s_version_check_last_run_timestamp', seconds(checkedAtMs)),
  ];
}

/** A finished run. Durations leave out what took no time. */
export interface LastRun {
  readonly result: RunEnd;
  readonly endedAtMs: number;
  readonly durations: RunDurations;
}

export function lastRunSamples({ result, endedAtMs, durations: { phases, nodes } }: LastRun): Sample[] {
  return [
    ...RUN_ENDS.map((end) => sample('k8s_upgrade_last_run_result', Number(end === result), { result: end })),
    sample('k8s_upgrade_last_run_timestamp', seconds(endedAtMs)),
    ...[...phases].map(([phase, value]) => sample('k8s_upgrade_phase_duration_seconds', value, { phase })),
    ...[...nodes].map(([node, value]) => sample('k8s_upgrade_node_duration_seconds', value, { node })),
  ];
}

const sample = (gauge: GaugeName, value: number, labels: Sample['labels'] = {}): Sample => ({ gauge, labels, value });
const seconds = (ms: number): number => Math.floor(ms / 1000);

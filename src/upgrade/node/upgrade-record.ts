import { tryParseJson } from '../../text/json.ts';
import { formatKubeVersion, tryParseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';

/** Phases of a node's upgrade. The upgrade record holds the last phase that began. */
export const UPGRADE_PHASES = ['draining', 'upgrading', 'verifying', 'soaking'] as const;
export type UpgradePhase = (typeof UPGRADE_PHASES)[number];

/**
 * The upgrade record of a Node, in the annotation `<prefix>ledger`. It exists from before the cordon until after the
 * soak. A retry, the next scheduled run or a person reads in it what began and which run began it.
 */
export interface UpgradeRecord {
  /** UID of the Workflow that began the upgrade. */
  readonly run: string;
  readonly from: KubeVersion;
  readonly to: KubeVersion;
  readonly phase: UpgradePhase;
  /** Whether this project cordoned the node. A node that an operator cordoned stays cordoned. */
  readonly cordonedByUs: boolean;
  /**
   * When this run opened the record, before the cordon, in milliseconds since the epoch. Records of older releases lack
   * it.
   */
  readonly startedAtMs?: number;
}

/**
 * Returns whether the upgrade of the host began. A later drain does not undo that, so the node must not accept pods
 * half-way.
 */
export const hostTouched = (upgradeRecord: UpgradeRecord | undefined): boolean =>
  upgradeRecord?.phase === 'upgrading' || upgradeRecord?.phase === 'verifying';

export const upgradeRecordAnnotation = (prefix: string): string => `${prefix}ledger`;

export function formatUpgradeRecord(upgradeRecord: UpgradeRecord): string {
  const { run, phase, cordonedByUs, startedAtMs } = upgradeRecord;
  return JSON.stringify({
    run,
    from: formatKubeVersion(upgradeRecord.from),
    to: formatKubeVersion(upgradeRecord.to),
    phase,
    cordonedByUs,
    ...(startedAtMs === undefined ? {} : { startedAt: new Date(startedAtMs).toISOString() }),
  });
}

/** Throws a `RangeError` that quotes the text. An unreadable record never counts as no record. */
export function parseUpgradeRecord(text: string): UpgradeRecord {
  const upgradeRecord = tryParseUpgradeRecord(text);
  if (upgradeRecord === undefined) throw new RangeError(`unreadable upgrade record: ${text}`);
  return upgradeRecord;
}

export function tryParseUpgradeRecord(text: string): UpgradeRecord | undefined {
  const raw = tryParseJson(text);
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { run, from, to, phase, cordonedByUs, startedAt } = raw as Record<string, unknown>;
  const fromVersion = typeof from === 'string' ? tryParseKubeVersion(from) : undefined;
  const toVersion = typeof to === 'string' ? tryParseKubeVersion(to) : undefined;
  const knownPhase = UPGRADE_PHASES.find((known) => known === phase);
  if (typeof run !== 'string' || typeof cordonedByUs !== 'boolean') return undefined;
  if (fromVersion === undefined || toVersion === undefined || knownPhase === undefined) return undefined;
  const upgradeRecord = { run, from: fromVersion, to: toVersion, phase: knownPhase, cordonedByUs };
  if (startedAt === undefined) return upgradeRecord;
  const startedAtMs = typeof startedAt === 'string' ? Date.parse(startedAt) : NaN;
  return Number.isNaN(startedAtMs) ? undefined : { ...upgradeRecord, startedAtMs };
}

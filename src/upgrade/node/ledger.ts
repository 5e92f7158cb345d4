import { formatKubeVersion, tryParseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';

/** Where a node is on its way: the name of the last phase that began. */
export const LEDGER_PHASES = ['draining', 'upgrading', 'verifying', 'soaking'] as const;
export type LedgerPhase = (typeof LEDGER_PHASES)[number];

/**
 * The record of an upgrade that a Node carries from before its cordon until after its soak, in one annotation
 * `<prefix>ledger`, so that whoever comes next (a retry, the next night, a person) knows what was begun and by whom.
 */
export interface Ledger {
  /** UID of the Workflow that began it. */
  readonly run: string;
  readonly from: KubeVersion;
  readonly to: KubeVersion;
  readonly phase: LedgerPhase;
  /** Whether the cordon is ours; a node that an operator had cordoned stays cordoned. */
  readonly cordonedByUs: boolean;
  /** When this run opened it, before its cordon. Ledgers of older releases do not say. */
  readonly startedAtMs?: number;
}

/** What was begun on the host stays begun, whoever drains it again: then the node must not take pods half-way. */
export const hostTouched = (ledger: Ledger | undefined): boolean =>
  ledger?.phase === 'upgrading' || ledger?.phase === 'verifying';

export const ledgerAnnotation = (prefix: string): string => `${prefix}ledger`;

export function formatLedger(ledger: Ledger): string {
  const { run, phase, cordonedByUs, startedAtMs } = ledger;
  return JSON.stringify({
    run,
    from: formatKubeVersion(ledger.from),
    to: formatKubeVersion(ledger.to),
    phase,
    cordonedByUs,
    ...(startedAtMs === undefined ? {} : { startedAt: new Date(startedAtMs).toISOString() }),
  });
}

/** Throws a `RangeError` that quotes the text: an unreadable ledger is never taken for none. */
export function parseLedger(text: string): Ledger {
  const ledger = tryParseLedger(text);
  if (ledger === undefined) throw new RangeError(`unreadable upgrade ledger: ${text}`);
  return ledger;
}

export function tryParseLedger(text: string): Ledger | undefined {
  const raw = tryParseJson(text);
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { run, from, to, phase, cordonedByUs, startedAt } = raw as Record<string, unknown>;
  const fromVersion = typeof from === 'string' ? tryParseKubeVersion(from) : undefined;
  const toVersion = typeof to === 'string' ? tryParseKubeVersion(to) : undefined;
  const knownPhase = LEDGER_PHASES.find((known) => known === phase);
  if (typeof run !== 'string' || typeof cordonedByUs !== 'boolean') return undefined;
  if (fromVersion === undefined || toVersion === undefined || knownPhase === undefined) return undefined;
  const ledger = { run, from: fromVersion, to: toVersion, phase: knownPhase, cordonedByUs };
  if (startedAt === undefined) return ledger;
  const startedAtMs = typeof startedAt === 'string' ? Date.parse(startedAt) : NaN;
  return Number.isNaN(startedAtMs) ? undefined : { ...ledger, startedAtMs };
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

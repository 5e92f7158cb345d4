import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { noticeFor, type Notice, type NoticeInput } from '../../signals/notice.ts';
import type { ReportOutcome } from '../../signals/report.ts';
import { endOf, lastCheck, newestFirst, type KeptRun } from '../../run/history.ts';
import type { ReportInput } from './contract.ts';
import type { ReportFacts } from './observe.ts';
import {
  checkLine,
  liveLines,
  nextLines,
  nodeLines,
  runLines,
  runningLine,
  switchLines,
  type Check,
} from './sentences.ts';

export interface Report {
  readonly outcome: ReportOutcome;
  readonly message: string;
  /** For the title; undefined when no upgrade is open. */
  readonly target: KubeVersion | undefined;
}

const HOUR_MS = 3_600_000;
const RECENT_HOURS = 24;

export function decide(facts: ReportFacts, input: ReportInput): Report {
  const recent = recentRuns(facts);
  const check = checkOf(facts, input);
  const { outcome, run } = outcomeOf(facts, recent, check, input);
  const lines = [
    runningLine(facts.nodes),
    checkLine(check, facts.nowMs, input.staleAfterHours),
    ...liveLines(facts, input),
    ...switchLines(facts),
    ...nodeLines(facts.nodes, input.verdict),
    ...runLines(recent, facts.nowMs),
    ...nextLines(outcome, run),
  ];
  const open = outcome === 'stale' || outcome === 'unknown';
  return {
    outcome,
    message: lines.join('\n'),
    target: open ? undefined : run === undefined ? input.target : run.target,
  };
}

/** Returns runs that are in progress or ended within the last day. */
function recentRuns({ runs, nowMs }: ReportFacts): Reading<readonly KeptRun[]> {
  if (!runs.known) return runs;
  const sinceMs = nowMs - RECENT_HOURS * HOUR_MS;
  return { known: true, value: newestFirst(runs.value).filter(({ endedAtMs = nowMs }) => endedAtMs >= sinceMs) };
}

function checkOf({ runs, nowMs }: ReportFacts, { staleAfterHours }: ReportInput): Check {
  if (!runs.known) return { kind: 'unknown', because: runs.reason };
  const last = lastCheck(runs.value);
  if (last === undefined) return { kind: 'never' };
  return { kind: nowMs - last.atMs > staleAfterHours * HOUR_MS ? 'stale' : 'fresh', ...last };
}

interface ReportedEnd {
  readonly outcome: ReportOutcome;
  /** The run that the outcome is about. */
  readonly run: KeptRun | undefined;
}

/**
 * Returns the end of the last run when it matters to an operator, and the current state otherwise. An unknown state is never
 * reported as harmless.
 */
function outcomeOf(
  { killSwitch }: ReportFacts,
  recent: Reading<readonly KeptRun[]>,
  check: Check,
  input: ReportInput,
): ReportedEnd {
  if (!recent.known) return { outcome: 'unknown', run: undefined };
  const underWay = recent.value.find((run) => endOf(run) === 'under way');
  if (underWay !== undefined) return { outcome: 'in-progress', run: underWay };
  const live = liveOutcome(input);
  const end = recentEnd(recent.value, live);
  if (end !== undefined) return end;
  if (check.kind !== 'fresh') return { outcome: 'stale', run: undefined };
  const halted = live === 'available' && killSwitch.known && killSwitch.value !== undefined;
  return { outcome: halted ? 'halted' : live, run: undefined };
}

/** After an upgrade, the next run finds nothing to do. The report then still names the upgrade. */
function recentEnd(recent: readonly KeptRun[], live: ReportOutcome): ReportedEnd | undefined {
  const [last] = recent;
  if (last === undefined) return undefined;
  const end = endOf(last);
  if (end === 'failed' || end === 'halted' || end === 'paused' || end === 'upgraded')
    return { outcome: end, run: last };
  const upgraded = recent.find((run) => endOf(run) === 'upgraded');
  return live === 'nothing-to-do' && upgraded !== undefined ? { outcome: 'upgraded', run: upgraded } : undefined;
}

function liveOutcome({ verdict, gateVerdict }: ReportInput): ReportOutcome {
  switch (verdict) {
    case undefined:
      return 'unknown';
    case 'none':
      return 'nothing-to-do';
    case 'held':
      return 'held';
    case 'refused':
      return 'refused';
    case 'upgrade':
      return gateVerdict === 'clear' ? 'available' : (gateVerdict ?? 'unknown');
  }
}

/** There is a notice every morning, so that a missing one shows that the report did not run. */
export const noticeOf = ({ outcome, message: text, target }: Report, input: NoticeInput): Notice =>
  noticeFor(input, { event: `report-${outcome}`, target, text });

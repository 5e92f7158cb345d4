import { submitCommand } from '../../upgrade/operation.ts';
import { formatDuration } from '../../signals/notice.ts';
import { compareKubeVersions, kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { unreadableLines } from '../../upgrade/node/readings.ts';
import { leftOutLines, nodeStates } from '../../upgrade/node/states.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { ReportOutcome } from '../../signals/report.ts';
import { failureLines } from '../../run/failures.ts';
import { endOf, type KeptRun } from '../../run/history.ts';
import { NEXT_RUN_IN_WINDOW, ONCE_FIXED, upgradeResumes } from '../../run/resume.ts';
import { haltedBecause } from '../../run/stop.ts';
import { notNamedYet } from '../exit-handler/message.ts';
import type { ReportInput } from './contract.ts';
import type { ReportFacts } from './observe.ts';

/** The last successful detection of the newest version. */
export type Check =
  | { readonly kind: 'fresh' | 'stale'; readonly run: string; readonly atMs: number }
  | { readonly kind: 'never' }
  | { readonly kind: 'unknown'; readonly because: string };

/** `Running: mixed. Kubelets: v1.34.9 on w1; v1.34.10 on cp1. API servers: v1.34.10 on cp1.` */
export function runningLine(readings: ReportFacts['nodes']): string {
  if (!readings.known) return `Running: not known. ${readings.reason}`;
  const { nodes, unreadable } = readings.value;
  const kubelets = nodes.map(({ name, kubelet }) => [name, kubelet] as const);
  const shown = nodes.flatMap(({ name, staticPods }) =>
    staticPods.flatMap(({ component, version }) => (component === 'kube-apiserver' ? [{ name, version }] : [])),
  );
  const servers = shown.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version] as const]));
  const unknown = shown.flatMap(({ name, version }) => (version === undefined ? [name] : []));
  const tags = [...new Set([...kubelets, ...servers].map(([, version]) => kubeTag(version)))];
  const all = nodes.length + unreadable.length;
  if (unknown.length > 0)
    return `Running: unknown. Kubelets: ${byVersion(kubelets)}. API servers: ${byVersion(servers)}; no version in the image tag on ${few(unknown)}.`;
  if (tags.length === 1 && unreadable.length === 0) return `Running: ${tags.join()}, on all ${all} nodes.`;
  if (tags.length === 1)
    return `Running: ${tags.join()}, on ${nodes.length} of ${all} nodes; ${unreadable.length} cannot be read.`;
  return `Running: mixed. Kubelets: ${byVersion(kubelets)}. API servers: ${byVersion(servers)}.`;
}

function byVersion(all: readonly (readonly [name: string, version: KubeVersion])[]): string {
  const versions = Map.groupBy(
    [...all].sort(([, a], [, b]) => compareKubeVersions(a, b)),
    ([, version]) => kubeTag(version),
  );
  const texts = [...versions].map(([tag, nodes]) => `${tag} on ${few(nodes.map(([name]) => name))}`);
  return texts.join('; ') || 'no version is known';
}

const MOST_NAMES = 8;
const few = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

const LOOK = 'Look at: argo list -n k8s-upgrade; argo cron get -n k8s-upgrade k8s-upgrade-nightly';

export function checkLine(check: Check, nowMs: number, staleAfterHours: number): string {
  switch (check.kind) {
    case 'fresh':
      return `Version check: succeeded ${ago(check.atMs, nowMs)} ago (${check.run}).`;
    case 'stale':
      return `Version check: stale. It last succeeded ${ago(check.atMs, nowMs)} ago (${check.run}), expected within ${staleAfterHours} h. ${LOOK}`;
    case 'never':
      return `Version check: stale. It succeeded in no run that Argo still keeps, expected one success within ${staleAfterHours} h. ${LOOK}`;
    case 'unknown':
      return `Version check: not known. ${check.because}`;
  }
}

const ago = (atMs: number, nowMs: number): string => formatDuration(Math.max(0, Math.round((nowMs - atMs) / 1000)));

/** Lines about the current verdicts of detection and of the gate. */
export function liveLines(facts: ReportFacts, input: ReportInput): string[] {
  const { verdict, target, kind, reason = 'No reason was given.' } = input;
  if (verdict === undefined) return [`Target: not known, because the detect step failed. ${why(facts)}`];
  const to = target === undefined ? 'none' : `${kubeTag(target)}${kind === undefined ? '' : ` (${kind})`}`;
  return [`Target: ${to}. ${reason}`, ...(verdict === 'upgrade' ? gateLines(facts, input) : [])];
}

function gateLines(facts: ReportFacts, input: ReportInput): string[] {
  const { gateVerdict, gateMessage = 'The gate gave no reason.' } = input;
  if (gateVerdict === undefined) return [`Gate: not known, because the gate step failed. ${why(facts)}`];
  return cut(`Gate: ${gateMessage}`.split('\n'), MOST_FINDINGS + 1, 'lines of the gate');
}

const MOST_FINDINGS = 3;
const MOST_FAILURES = 3;

function why({ failures, run }: ReportFacts): string {
  if (!failures.known)
    return `The failed steps cannot be read from the Workflow: ${failures.reason}. See them: argo get -n k8s-upgrade ${run}`;
  const lines = failureLines(failures.value, run, MOST_FAILURES);
  return lines.length === 0 ? 'Argo names no failed step.' : lines.join(' ');
}

/** Lines about the kill switch, and about marks that an earlier run left. */
export function switchLines({ killSwitch, inFlight, runs }: ReportFacts): string[] {
  const isUnderWay = (name: string): boolean =>
    !runs.known || runs.value.some((run) => run.name === name && run.endedAtMs === undefined);
  const left = inFlight.known ? inFlight.value : undefined;
  return [
    ...(killSwitch.known ? [] : [`Kill switch: not known. ${killSwitch.reason}`]),
    ...(killSwitch.known && killSwitch.value !== undefined ? [haltedBecause(killSwitch.value)] : []),
    ...(inFlight.known ? [] : [`In flight: not known. ${inFlight.reason}`]),
    ...(left === undefined || isUnderWay(left)
      ? []
      : [`In flight: the marks name ${left}, which is not in progress. The next scheduled run corrects the marks.`]),
  ];
}

const MOST_NODES = 3;
const MOST_RUNS = 3;

/** Lines about unreadable nodes, then cordoned, not Ready and partly upgraded nodes, then nodes that are left out. */
export const nodeLines = (nodes: ReportFacts['nodes'], verdict?: ReportInput['verdict']): readonly string[] =>
  nodes.known
    ? [
        ...unreadableLines(notNamedYet(nodes.value.unreadable, verdict), MOST_NODES),
        ...cut(nodeStates(nodes.value), MOST_NODES, 'nodes'),
        ...cut(leftOutLines(nodes.value.excluded), MOST_NODES, 'nodes'),
      ]
    : [];

export function runLines(runs: Reading<readonly KeptRun[]>, nowMs: number): readonly string[] {
  const of = 'Runs of the last 24 hours';
  if (!runs.known) return [`${of}: not known. ${runs.reason}`];
  if (runs.value.length === 0) return [`${of}: none.`];
  return [
    `${of}:`,
    ...cut(
      runs.value.map((run) => runLine(run, nowMs)),
      MOST_RUNS,
      'runs',
    ),
  ];
}

function runLine(run: KeptRun, nowMs: number): string {
  const { name, startedAtMs, endedAtMs = nowMs, target } = run;
  const to = target === undefined ? '' : `, target ${kubeTag(target)}`;
  const began = `${new Date(startedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${name}: ${endOf(run)}${to}, ${ago(startedAtMs, endedAtMs)} from ${began}`;
}

/** Lines with the next command, for outcomes whose other lines have none. */
export function nextLines(outcome: ReportOutcome, run: KeptRun | undefined): string[] {
  switch (outcome) {
    case 'available':
      return [`The next scheduled run upgrades to it. To start a run now: ${submitCommand('upgrade')}`];
    case 'blocked':
      return [ONCE_FIXED];
    case 'failed':
      return [upgradeResumes(run?.name ?? '')];
    case 'paused':
      return [NEXT_RUN_IN_WINDOW];
    case 'unknown':
      return ['This report changed nothing. To see the runs: argo list -n k8s-upgrade'];
    case 'nothing-to-do':
    case 'held':
    case 'refused':
    case 'upgraded':
    case 'in-progress':
    case 'halted':
    case 'stale':
      return [];
  }
}

/** Returns the first lines, and the number of the others. */
const cut = (lines: readonly string[], most: number, what: string): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more ${what}`];

import { OPERATION_WORDS, type Operation } from '../upgrade/operation.ts';
import type { RunEnd } from './gauges.ts';
import { kubeTag, type KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import type { ReportOutcome } from './report.ts';

/** One notification for people, independent of the channel. */
export interface Notice {
  readonly event: 'started' | 'approval-wanted' | RunEnd | 'done' | `report-${ReportOutcome}`;
  /** Absent: the run is an upgrade. */
  readonly operation?: Operation;
  readonly cluster: string;
  /** Name of the Workflow. */
  readonly run: string;
  readonly target: KubeVersion | undefined;
  /** What happened, where, why and what to do next, one line each. The text quotes the cluster, so it is untrusted. */
  readonly text: string;
  readonly seconds: number | undefined;
  /** URL of the run in the Argo UI. */
  readonly link: string | undefined;
}

/** `to`: the text between the words and the target. */
type Title = readonly [sign: string, words: string, to?: string];

const TITLES: Readonly<Record<Notice['event'], Title>> = {
  started: ['🚀', 'upgrade started'],
  'approval-wanted': ['✋', 'approval wanted'],
  upgraded: ['✅', 'upgraded', 'to'],
  'nothing-to-do': ['✅', 'nothing to do'],
  detected: ['🔎', 'detection only'],
  refused: ['⛔', 'refused'],
  paused: ['⏸️', 'upgrade paused'],
  halted: ['🛑', 'upgrade halted'],
  blocked: ['⛔', 'upgrade blocked'],
  held: ['⏳', 'upgrade held'],
  failed: ['❌', 'upgrade failed'],
  'report-nothing-to-do': ['✅', 'nightly report: no upgrade needed'],
  'report-available': ['🔎', 'nightly report: clear to upgrade', 'to'],
  'report-blocked': ['⛔', 'nightly report: upgrade blocked'],
  'report-held': ['⏳', 'nightly report: upgrade held'],
  'report-refused': ['⛔', 'nightly report: refused'],
  'report-upgraded': ['✅', 'nightly report: upgraded', 'to'],
  'report-in-progress': ['🚀', 'nightly report: upgrade in progress'],
  'report-paused': ['⏸️', 'nightly report: upgrade paused'],
  'report-halted': ['🛑', 'nightly report: upgrade halted'],
  'report-failed': ['❌', 'nightly report: upgrade failed'],
  'report-stale': ['⚠️', 'nightly report: detector stale'],
  'report-unknown': ['⚠️', 'nightly report: not known how it stands'],
  done: ['✅', 'done'],
};

/** Returns the title, such as `✅ prod: upgraded to v1.34.10`. */
export function titleOf({ event, cluster, target, operation }: Notice): string {
  const [sign, words, to = 'on the way to'] = TITLES[event];
  if (operation !== undefined) return `${sign} ${cluster}: ${OPERATION_WORDS[operation]} ${event}`;
  return `${sign} ${cluster}: ${words}${target === undefined ? '' : ` ${to} ${kubeTag(target)}`}`;
}

/** The inputs of a step that name its cluster and its run in a notice. */
export interface NoticeInput {
  readonly clusterName: string;
  readonly runName: string;
  readonly namespace: string;
  readonly argoUiUrl: string | undefined;
}

/** Returns a notice without a duration. */
export const noticeFor = (
  { clusterName, runName, namespace, argoUiUrl }: NoticeInput,
  about: Pick<Notice, 'event' | 'operation' | 'target' | 'text'>,
): Notice => ({
  ...about,
  cluster: clusterName,
  run: runName,
  seconds: undefined,
  link: argoUiUrl === undefined ? undefined : `${argoUiUrl}/workflows/${namespace}/${runName}`,
});

/** Cuts lines in the middle. The first lines say what happened, and the last lines say what to do. */
export function cutLines(text: string): readonly string[] {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(cutLine);
  const left = lines.length - FIRST_LINES - LAST_LINES;
  if (left <= 0) return lines;
  return [...lines.slice(0, FIRST_LINES), `… ${left} lines left out: see the run …`, ...lines.slice(-LAST_LINES)];
}

const FIRST_LINES = 10;
const LAST_LINES = 4;
const LINE_CHARACTERS = 600;

function cutLine(line: string): string {
  const characters = Array.from(line);
  const left = characters.length - LINE_CHARACTERS;
  return left <= 0 ? line : `${characters.slice(0, LINE_CHARACTERS).join('')} … (${left} more characters)`;
}

/** Returns `1 h 5 min`, for a person. */
export function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${seconds} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

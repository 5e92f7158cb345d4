import { quoted } from '../text/bounded.ts';
import { HALTED } from './stop.ts';

/** A node of the Workflow that failed or erred. A step with retries has a node for each attempt and one around them. */
export interface Failure {
  /** `drain(0)` is the first attempt of `drain`; `worker(0:name:w1,role:worker)` is an item of a list. */
  readonly displayName: string;
  /** Empty for a node that only holds other nodes. */
  readonly message: string;
  /** Milliseconds since the epoch; undefined when Argo gives no time. */
  readonly finishedAtMs: number | undefined;
  /** Exit code of the step; undefined for a node without a container, or whose container never ended. */
  readonly exitCode: number | undefined;
  /** Name of the cluster's node that the step was about; undefined for a step about the cluster. */
  readonly node: string | undefined;
}

/**
 * The failures that say why, in the order of time. A message that an attempt and the retry node around it share is kept
 * once. Nodes without a message, and Argo's own sentences about retries and about what holds a failed node, are left out unless
 * there is nothing else.
 */
export function tellingFailures(all: readonly Failure[]): readonly Failure[] {
  const sorted = [...all].sort(
    (a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0) || compareText(sortKey(a), sortKey(b)),
  );
  const telling = sorted.some(isTelling) ? sorted.filter(isTelling) : sorted;
  return telling.filter((failure, index) => telling.findIndex((other) => isSame(failure, other)) === index);
}

const MOST_FAILURES = 10;
/** Shared by all that are quoted: one message comes whole, of ten each has its beginning. */
const MOST_CHARACTERS = 12_000;

/** A line for each of the first failures, and how many there are besides. `run`: name of the Workflow. */
export function failureLines(all: readonly Failure[], run: string, most = MOST_FAILURES): readonly string[] {
  const telling = tellingFailures(all);
  const shown = telling.slice(0, most);
  const more = telling.length - shown.length;
  return [
    ...shown.map(({ displayName, message }) => `${displayName}: ${cut(message, MOST_CHARACTERS / shown.length)}`),
    ...(more > 0 ? [`… and ${more} more failed steps: argo get -n k8s-upgrade ${run}`] : []),
  ];
}

/** Names of the cluster's nodes at which steps failed, or else of the nodes that something else in the Workflow was about. */
export function failedNodes(all: readonly Failure[]): readonly string[] {
  const nodesOf = (failures: readonly Failure[]): readonly string[] => failures.flatMap(({ node }) => node ?? []);
  const named = nodesOf(tellingFailures(all));
  return [...new Set(named.length > 0 ? named : nodesOf(all))].sort();
}

const MOST_NODES = 10;

/** `w1, w2`, or the first ten of many. */
export function namesOf(nodes: readonly string[]): string {
  const more = nodes.length - MOST_NODES;
  return [...nodes.slice(0, MOST_NODES), ...(more > 0 ? [`${more} more nodes`] : [])].join(', ');
}

/** Whether a step refused because of the kill switch. Text that the step only quotes does not count. */
export const isHalt = ({ message }: Failure): boolean => SAYS_HALTED.test(message);

/** Argo puts the container, the reason and the exit code before the message of a step, which begins with its name. */
// Bound: a match begins where the text does, and each repetition ends before a character that it cannot read.
const SAYS_HALTED = new RegExp(`^(\\w+: \\w+ \\(exit code \\d+\\): )?[a-z-]+: ${HALTED}`);

/** What Argo says of a node that holds others, or attempts: workflow/controller/{operator,steps}.go of Argo 4.1. */
const BOOKKEEPING = [
  '',
  'retryStrategy.expression evaluated to false',
  'No more retries left',
  'template has failed or errored children and failFast enabled',
];
const CHILD_FAILED = /^child '[^']*' failed$/;
const isTelling = ({ message }: Failure): boolean => !BOOKKEEPING.includes(message) && !CHILD_FAILED.test(message);

const sortKey = ({ displayName, message }: Failure): string => JSON.stringify([displayName, message]);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Two attempts that failed alike at one node of the cluster count once. */
const isSame = (a: Failure, b: Failure): boolean =>
  a.message === b.message && stepOf(a) === stepOf(b) && (a.node ?? b.node) === (b.node ?? a.node);
const stepOf = ({ displayName }: Failure): string => displayName.replace(/\(\d+\)$/, '');

function cut(message: string, most: number): string {
  if (message === '') return 'no message.';
  return message.length <= most ? message : quoted(message, Math.floor(most));
}

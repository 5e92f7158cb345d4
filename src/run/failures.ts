import { quoted } from '../text/bounded.ts';
import { HALTED_EXIT_CODE } from './stop.ts';

/**
 * A node of the Workflow that failed or has an error. A step with retries has one node for each attempt and one node
 * around them.
 */
export interface Failure {
  /** `drain(0)` is the first attempt of `drain`. `worker(0:name:w1,role:worker)` is an item of a list. */
  readonly displayName: string;
  /** Empty for a node that only groups other nodes. */
  readonly message: string;
  /** Milliseconds since the epoch; undefined when Argo reports no time. */
  readonly finishedAtMs: number | undefined;
  /** Exit code of the step. Undefined for a node without a container, or with a container that never ended. */
  readonly exitCode: number | undefined;
  /** Name of the step's cluster node; undefined when the step is about the cluster. */
  readonly node: string | undefined;
}

/**
 * Returns the failures that explain the result, sorted by time. A message that an attempt and its retry node share is
 * listed once.
 * It leaves out nodes without a message, and Argo's own messages about retries and parent nodes. It returns those only
 * when there are no others.
 */
function relevantFailures(all: readonly Failure[]): readonly Failure[] {
  const sorted = [...all].sort(
    (a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0) || compareText(sortKey(a), sortKey(b)),
  );
  const telling = sorted.some(isTelling) ? sorted.filter(isTelling) : sorted;
  return telling.filter((failure, index) => telling.findIndex((other) => isSame(failure, other)) === index);
}

const MOST_FAILURES = 10;
/**
 * Maximum number of quoted characters for all failures together. One message fits whole; of ten messages, each one is
 * cut.
 */
const MOST_CHARACTERS = 12_000;

/** Returns one line for each of the first failures, then the number of the others. `run`: name of the Workflow. */
export function failureLines(all: readonly Failure[], run: string, most = MOST_FAILURES): readonly string[] {
  const telling = relevantFailures(all);
  const shown = telling.slice(0, most);
  const more = telling.length - shown.length;
  return [
    ...shown.map(({ displayName, message }) => `${displayName}: ${cut(message, MOST_CHARACTERS / shown.length)}`),
    ...(more > 0 ? [`… and ${more} more failed steps: argo get -n k8s-upgrade ${run}`] : []),
  ];
}

/**
 * Returns the names of the cluster nodes whose steps failed. Without any, it returns the nodes of the other failures.
 */
export function failedNodes(all: readonly Failure[]): readonly string[] {
  const nodesOf = (failures: readonly Failure[]): readonly string[] => failures.flatMap(({ node }) => node ?? []);
  const named = nodesOf(relevantFailures(all));
  return [...new Set(named.length > 0 ? named : nodesOf(all))].sort();
}

const MOST_NODES = 10;

/** Returns `w1, w2`, or the first ten of many. */
export function namesOf(nodes: readonly string[]): string {
  const more = nodes.length - MOST_NODES;
  return [...nodes.slice(0, MOST_NODES), ...(more > 0 ? [`${more} more nodes`] : [])].join(', ');
}

/** Whether the kill switch stopped the step. What its message says, or quotes, does not count. */
export const isHalt = ({ exitCode }: Failure): boolean => exitCode === HALTED_EXIT_CODE;

/** Argo's messages for a node that groups others or attempts: workflow/controller/{operator,steps}.go of Argo 4.1. */
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

/** Two attempts with the same failure at one cluster node count once. */
const isSame = (a: Failure, b: Failure): boolean =>
  a.message === b.message && stepOf(a) === stepOf(b) && (a.node ?? b.node) === (b.node ?? a.node);
const stepOf = ({ displayName }: Failure): string => displayName.replace(/\(\d+\)$/, '');

function cut(message: string, most: number): string {
  if (message === '') return 'no message.';
  return message.length <= most ? message : quoted(message, Math.floor(most));
}

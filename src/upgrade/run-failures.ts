/** One failed node of the workflow, as Argo names it. */
export interface Failure {
  readonly displayName: string;
  readonly message: string;
}

interface Entry extends Failure {
  readonly finishedAt: string;
}

/**
 * Argo's `{{workflow.failures}}`: the text `"null"`, or JSON in a JSON string, in no order of its own. A pod and the
 * retry node around it both fail with the same message: it is said once; the nodes around them have none, and are left
 * out. Text that is neither is shown as it is, never dropped.
 */
export function parseFailures(raw: string | undefined): Failure[] {
  if (raw === undefined) return [];
  const value = parsed(parsed(raw));
  if (value === null) return [];
  if (!Array.isArray(value)) return [{ displayName: 'workflow', message: raw }];
  const entries = value.map(asEntry).sort((a, b) => compareText(sortKey(a), sortKey(b)));
  const telling = entries.some(isTelling) ? entries.filter(isTelling) : entries;
  return telling
    .filter((entry, index) => telling.findIndex((other) => isSame(entry, other)) === index)
    .map(({ displayName, message }) => ({ displayName, message: message === '' ? 'no message.' : message }));
}

/** The members of fan-outs that failed: Argo calls them `node(0:name:worker-1,role:worker)`. */
export function failedNodes(raw: string | undefined): string[] {
  const value = parsed(parsed(raw));
  const names = (Array.isArray(value) ? value : []).flatMap(
    (entry) => /^node\(\d+:name:([^,)]+)/.exec(asEntry(entry).displayName)?.[1] ?? [],
  );
  return [...new Set(names)].sort();
}

/** What the retry node around the attempts says of itself; the attempt says why. */
const BOOKKEEPING = ['', 'retryStrategy.expression evaluated to false', 'No more retries left'];
const isTelling = ({ message }: Entry): boolean => !BOOKKEEPING.includes(message);

const sortKey = (entry: Entry): string => JSON.stringify([entry.finishedAt, entry.displayName, entry.message]);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `drain(0)` is an attempt of the retry node `drain`. */
const isSame = (a: Entry, b: Entry): boolean => a.message === b.message && stepOf(a) === stepOf(b);
const stepOf = ({ displayName }: Entry): string => displayName.replace(/\(\d+\)$/, '');

function asEntry(entry: unknown): Entry {
  const { displayName, message, finishedAt } = Object(entry) as Record<string, unknown>;
  return {
    displayName: typeof displayName === 'string' ? displayName : 'unknown',
    message: typeof message === 'string' ? message : JSON.stringify(entry),
    finishedAt: typeof finishedAt === 'string' ? finishedAt : '',
  };
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

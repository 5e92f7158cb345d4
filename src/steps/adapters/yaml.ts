import { isScalar, parseAllDocuments, visit, type Alias, type Document, type Node, type Pair } from 'yaml';
import { unexpected } from '../runtime/step-error.ts';

/** In characters. The library needs quadratic time for some texts: seconds for one of this length. kubeadm writes a few KB. */
const LONGEST = 128 * 1024;
const MOST_DEPTH = 100;

/**
 * Returns the documents of a YAML text that are not empty. Throws a `StepError` that names `what` for a text that is not read.
 * The library throws its own errors for an alias without an anchor, too many repeated aliases, and too deep nesting.
 */
export function parseYaml(text: string, what: string): unknown[] {
  if (text.length > LONGEST) throw unexpected(`${what} has ${text.length} characters, expected at most ${LONGEST}`);
  try {
    // The library compares each key with each other key of its map; refuseOdd does so in linear time.
    const options = { schema: 'core', prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
    return parseAllDocuments(text, options)
      .map(valueOf)
      .filter((value) => value !== null);
  } catch (error) {
    throw unexpected(`${what} is not valid YAML: ${reasonOf(error)}`, error);
  }
}

function valueOf(document: Document.Parsed): unknown {
  const [broken] = document.errors;
  if (broken !== undefined) throw broken;
  visit(document, {
    Node: (_, __, path) => {
      if (path.length > 2 * MOST_DEPTH) throw new RangeError(TOO_DEEP);
    },
    Map: (_, { items }) => {
      refuseOddKeys(items);
    },
    Alias: (_, alias, path) => {
      refuseCircle(alias, document, path);
    },
  });
  return document.toJS();
}

const TOO_DEEP = `it is nested more than ${MOST_DEPTH} levels deep`;

function refuseOddKeys(pairs: readonly Pair[]): void {
  const keys = new Set<unknown>();
  for (const { key } of pairs) {
    if (!isScalar(key)) throw new RangeError('a key of it is not a text');
    if (keys.has(key.value)) throw new RangeError(`the key ${JSON.stringify(key.value)} is there twice`);
    keys.add(key.value);
  }
}

/** A value that contains itself has no end, so that reading or printing it would not finish. */
function refuseCircle(alias: Alias, document: Document.Parsed, path: readonly (Document | Node | Pair)[]): void {
  const source = alias.resolve(document);
  if (source !== undefined && path.includes(source)) throw new RangeError(`the alias *${alias.source} is in itself`);
}

const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith('Maximum call stack') ? TOO_DEEP : message;
};

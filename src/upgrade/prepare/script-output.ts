/**
 * Where prepare keeps its own files on a node. Elsewhere it writes only to apt's archive cache and to the runtime's
 * images.
 */
export const PREPARE_DIR = '/var/lib/argo-kubeadm-upgrade/prepare';

/** What prevents the upgrade of one node. */
export interface Problem {
  readonly text: string;
  /** Whether the problem may disappear by itself, such as a lock or an unreachable server. */
  readonly mayPass: boolean;
}

/** A problem that lasts until an operator acts. */
export const permanent = (text: string): Problem => ({ text, mayPass: false });

const MARK = '@prepare';

/**
 * Shell function that prints a line `@prepare <word> <more>`. It folds the output of programs into one line, so that
 * they cannot forge a second one.
 */
export const SAY_FUNCTION = `say() { printf '${MARK} %s\\n' "$(printf '%s ' "$@" | tr '\\n' ' ')"; }`;

/** One line that a script of this project printed with `say`. */
export interface ScriptLine {
  readonly word: string;
  readonly rest: string;
}

/** Returns the script's own lines, and ignores all others. Undefined when the script did not reach its end. */
export function parseScriptLines(stdout: string): readonly ScriptLine[] | undefined {
  const all = stdout.split('\n').flatMap((line): ScriptLine[] => {
    const [, word, rest = ''] = LINE.exec(line) ?? [];
    return word === undefined ? [] : [{ word, rest: rest.trim().replaceAll(/\s+/g, ' ') }];
  });
  return all.some(({ word }) => word === 'end') ? all : undefined;
}

// Bound: a line is read once, because a space separates the two repetitions.
const LINE = new RegExp(`^${MARK} ([a-z-]+)( .*)?$`);

export const textAfter = (lines: readonly ScriptLine[], wanted: string): string | undefined =>
  lines.find(({ word }) => word === wanted)?.rest;
export const textsAfter = (lines: readonly ScriptLine[], wanted: string): string[] =>
  lines.filter(({ word }) => word === wanted).map(({ rest }) => rest);

// Bound: nothing is repeated more than twice.
const TRANSPORT = new RegExp(
  [
    /could ?n.?t (resolve|connect)|temporary failure|timed? ?-?out|deadline exceeded|unable to (connect|acquire|lock)/,
    /connection (refused|reset|failed|closed|timed)|no route to host|network is unreachable|unexpected EOF|TLS handshake/,
    /could not (get|obtain) lock|\b(408|429|50[0-4]) {1,2}[A-Z]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
/** Failed verification. It takes precedence over every other error in the same text. */
const FORGED =
  /signature|NO_PUBKEY|BADSIG|KEYSIG|GPG error|not signed|authenticated|sum mismatch|unexpected size|clearsigned|NODATA/i;

/** Returns whether the cause of a program's complaint may disappear soon. A failed verification is never retried. */
export const isTransport = (complaint: string): boolean => TRANSPORT.test(complaint) && !FORGED.test(complaint);
export const doesNotVerify = (complaint: string): boolean => FORGED.test(complaint);

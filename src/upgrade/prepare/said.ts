/** Where prepare keeps its own files on a node; nothing else there is written but apt's archive cache and images. */
export const PREPARE_DIR = '/var/lib/argo-kubeadm-upgrade/prepare';

/** What stands in the way of an upgrade of one node. */
export interface Problem {
  readonly text: string;
  /** Whether it may pass by itself: a lock, a server that is away. */
  readonly mayPass: boolean;
}

const MARK = '@prepare';

/** A line of ours is `@prepare <word> <more>`; what programs print is folded into one line, so that it cannot pass for two. */
export const SAY = `say() { printf '${MARK} %s\\n' "$(printf '%s ' "$@" | tr '\\n' ' ')"; }`;

/** One line that a script of ours said. */
export interface Said {
  readonly word: string;
  readonly rest: string;
}

/** The lines of ours, whatever stands between them; undefined when the script did not come to its end. */
export function parseSaid(stdout: string): readonly Said[] | undefined {
  const all = stdout.split('\n').flatMap((line): Said[] => {
    const [, word, rest = ''] = LINE.exec(line) ?? [];
    return word === undefined ? [] : [{ word, rest: rest.trim().replaceAll(/\s+/g, ' ') }];
  });
  return all.some(({ word }) => word === 'end') ? all : undefined;
}

// Bound: a line is read once, since a space divides the two repetitions.
const LINE = new RegExp(`^${MARK} ([a-z-]+)( .*)?$`);

export const restOf = (said: readonly Said[], wanted: string): string | undefined =>
  said.find(({ word }) => word === wanted)?.rest;
export const allOf = (said: readonly Said[], wanted: string): string[] =>
  said.filter(({ word }) => word === wanted).map(({ rest }) => rest);

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
/** Whatever else went wrong beside it. */
const FORGED =
  /signature|NO_PUBKEY|BADSIG|KEYSIG|GPG error|not signed|authenticated|sum mismatch|unexpected size|clearsigned|NODATA/i;

/** Whether what a program complained of may be gone a little later. What does not verify is never tried again. */
export const isTransport = (complaint: string): boolean => TRANSPORT.test(complaint) && !FORGED.test(complaint);
export const doesNotVerify = (complaint: string): boolean => FORGED.test(complaint);

import { known, notKnown, type Reading } from '../reading.ts';

/** Required free space in MiB: on `/`, and where packages, images and etcd are. */
export interface MinimumFreeDisk {
  readonly rootMiB: number;
  readonly varLibMiB: number;
}

export interface FreeDisk {
  readonly path: string;
  readonly freeMiB: number;
}

const ROOT = '/';
const VAR_LIB = '/var/lib';
/** Directories that are often file systems of their own. A missing directory has no requirement. */
const PERHAPS = ['/var/lib/containerd', '/var/lib/etcd', '/var/lib/kubelet'];
const PLACES = [ROOT, VAR_LIB, ...PERHAPS];

const MIB = 2 ** 20;

/**
 * Prints one line for each directory: `free <path> <blocks> <block size in bytes>` or `absent <path>`. Changes nothing.
 */
export const DISK_SCRIPT = [
  'export LC_ALL=C',
  `for place in ${PLACES.join(' ')}; do`,
  `  if [ ! -e "$place" ]; then printf 'absent %s\\n' "$place"; continue; fi`,
  // Space for users other than root, as df reports it.
  `  printf 'free %s %s\\n' "$place" "$(stat -f -c '%a %S' "$place" 2>&1 | tr '\\n' ' ')"`,
  'done',
].join('\n');

/** Parses the output of {@link DISK_SCRIPT}. It ignores other lines. */
export function parseFreeDisk(stdout: string, node: string): Reading<readonly FreeDisk[]> {
  const found: FreeDisk[] = [];
  const lines = stdout.split('\n').map((line) => line.trim().split(' '));
  for (const path of PLACES) {
    const [word, , blocks = '', bytes = '', ...rest] = lines.find(([, place]) => place === path) ?? [];
    if (word === 'absent' && PERHAPS.includes(path)) continue;
    if (word !== 'free' || rest.length > 0 || ![blocks, bytes].every((number) => /^\d{1,15}$/.test(number)))
      return notKnown(`how much is free on ${path} of ${node} cannot be told`);
    found.push({ path, freeMiB: Math.floor((Number(blocks) * Number(bytes)) / MIB) });
  }
  return known(found);
}

/** Returns one sentence for each directory with too little free space. An unknown value counts as too little. */
export function diskProblems(node: string, free: Reading<readonly FreeDisk[]>, minimum: MinimumFreeDisk): string[] {
  if (!free.known) return [`Not known whether ${node} has room for an upgrade: ${free.reason}.`];
  return free.value.flatMap(({ path, freeMiB }) => {
    const wanted = path === ROOT ? minimum.rootMiB : minimum.varLibMiB;
    return freeMiB >= wanted
      ? []
      : [`${node} has ${freeMiB} MiB free on ${path}, expected at least ${wanted} MiB. Make room there.`];
  });
}

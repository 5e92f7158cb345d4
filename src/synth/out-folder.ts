import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Problem } from '../cluster/problem.ts';
import { KUSTOMIZATION } from './kustomization.ts';
import { filesOf, foreignIn, isThere } from './own-folder.ts';
import { foreignInStaging, stagingOf } from './replace-folder.ts';

/** Folders that the output folder may not contain. */
interface Surroundings {
  /** The checkout of this repository. */
  readonly root: string;
  /** The folder with the settings of the clusters. */
  readonly clusters: string;
}

/** The folders of this repository that are written by hand. test/synth/out-folder.test.ts holds the list to git. */
export const SOURCES = [
  '.ci',
  '.github',
  'argo',
  'clusters',
  'docs',
  'lab',
  'lint',
  'node_modules',
  'scripts',
  'src',
  'test',
];
const MOST_NAMES = 10;
const ADVICE = 'name a folder of its own, such as dist';

/** Every reason why `out` cannot be replaced. None when it does not exist, is empty, or holds what synth wrote. */
export function outProblems(out: string, surroundings: Surroundings): Problem[] {
  try {
    return reasons(out, surroundings).map((says) => ({ file: `--out ${out}`, says }));
  } catch (error) {
    if (!isFromFileSystem(error)) throw error;
    return [{ file: `--out ${out}`, says: `cannot be read (${error.code} at ${error.path ?? out}); ${ADVICE}` }];
  }
}

function reasons(out: string, surroundings: Surroundings): string[] {
  const ancestor = nearestAncestor(out);
  if (!isThere(ancestor) || !leadsToFolder(ancestor)) return [`${ancestor} is ${kindOf(ancestor)}; expected a folder`];
  const real = join(realpathSync(ancestor), relative(ancestor, out));
  const placed = placeProblems(real, surroundings);
  // A list of what a home folder holds would say no more.
  return placed.length > 0 ? placed : [...contentProblems(real), ...stagingProblems(real)];
}

/** The nearest folder above `out` that exists; a symbolic link that leads nowhere counts as one that exists. */
function nearestAncestor(out: string): string {
  const above = dirname(out);
  return above === out || isThere(above) ? above : nearestAncestor(above);
}

function placeProblems(out: string, { root, clusters }: Surroundings): string[] {
  const kept = [
    ['the checkout of argo-kubeadm-upgrade', root],
    ['your home folder', homedir()],
    ['the folder of the settings', clusters],
  ] as const;
  const inside = relative(realpathOf(root), out).split(sep);
  const manifests = foldersAbove(out).find((folder) => filesOf(folder) !== undefined);
  return [
    ...kept
      .filter(([, path]) => path !== '' && isWithin(out, realpathOf(path)))
      .map(([what, path]) => `is or contains ${what} (${path}); ${ADVICE}`),
    ...(out.split(sep).includes('.git') ? [`is inside the data of a git repository; ${ADVICE}`] : []),
    ...(SOURCES.includes(inside[0] ?? '') ? [`is inside ${inside[0] ?? ''}/ of this repository; ${ADVICE}`] : []),
    ...(manifests === undefined ? [] : [`is inside ${manifests}, which holds the manifests of one cluster; ${ADVICE}`]),
  ];
}

function contentProblems(out: string): string[] {
  if (!isThere(out)) return [];
  if (!lstatSync(out).isDirectory()) return [`is ${kindOf(out)}; expected a folder, or nothing`];
  const foreign = foreignIn(out);
  return foreign.length === 0
    ? []
    : [
        `holds what synth did not write: ${listed(foreign)}; expected only folders whose ${KUSTOMIZATION} lists every file, as synth writes it. Move these away, or ${ADVICE}`,
      ];
}

function stagingProblems(out: string): string[] {
  const foreign = foreignInStaging(out);
  return foreign.length === 0
    ? []
    : [`needs ${stagingOf(out)} for itself, and it holds what synth did not write: ${listed(foreign)}. Move it away`];
}

const foldersAbove = (path: string): string[] => {
  const above = dirname(path);
  return above === path ? [] : [above, ...foldersAbove(above)];
};

/** Whether `inner` is `outer` or below it. */
export const isWithin = (outer: string, inner: string): boolean => {
  const path = relative(outer, inner);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`));
};

const realpathOf = (path: string): string => (isThere(path) ? realpathSync(path) : resolve(path));

const leadsToFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const kindOf = (path: string): string =>
  lstatSync(path).isSymbolicLink() ? `a symbolic link to ${readlinkSync(path)}` : 'a file';

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_NAMES).map((path) => path || 'itself');
  const more = paths.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

interface FileSystemError extends Error {
  readonly code: string;
  readonly path?: string;
}

/** An error that the operating system gave, not a mistake of the program. */
export const isFromFileSystem = (error: unknown): error is FileSystemError =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

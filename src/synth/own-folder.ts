import { lstatSync, readdirSync, readFileSync, rmdirSync, unlinkSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { FIRST_LINE, KUSTOMIZATION } from './kustomization.ts';

/** A folder of Kustomizations without FIRST_LINE is taken for ours when it begins so and names all of these objects. */
const WITHOUT_FIRST_LINE = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ';
const IN_EVERY_CLUSTER = ['Namespace.k8s-upgrade.yaml', 'WorkflowTemplate.k8s-upgrade.yaml'];

/**
 * Paths below `folder` that synth did not write and may not remove. A folder that does not exist has none; the only one
 * of a file or a symbolic link is the empty path.
 */
export function foreignIn(folder: string): string[] {
  if (!isThere(folder)) return [];
  if (!lstatSync(folder).isDirectory()) return [''];
  return entriesOf(folder).flatMap((entry) =>
    entry.isDirectory() ? foreignInCluster(join(folder, entry.name), entry.name) : [entry.name],
  );
}

function foreignInCluster(folder: string, name: string): string[] {
  const entries = entriesOf(folder);
  if (entries.length === 0) return [];
  const written = filesOf(folder);
  if (written === undefined) return [`${name}/`];
  return entries
    .filter((entry) => !entry.isFile() || !written.includes(entry.name))
    .map((entry) => `${name}/${entry.name}${entry.isDirectory() ? '/' : ''}`);
}

/** Names of the files that synth wrote into the folder of one cluster; undefined when synth did not write the folder. */
export function filesOf(folder: string): string[] | undefined {
  const list = join(folder, KUSTOMIZATION);
  if (!isThere(list) || !lstatSync(list).isFile()) return undefined;
  const text = readFileSync(list, 'utf8');
  const files = [...text.matchAll(/^ {2}- ([A-Za-z0-9][A-Za-z0-9.:_-]*\.yaml)$/gm)].map(([, file = '']) => file);
  const isOurs =
    text.startsWith(`${FIRST_LINE}\n`) ||
    (text.startsWith(WITHOUT_FIRST_LINE) && IN_EVERY_CLUSTER.every((file) => files.includes(file)));
  return isOurs ? [...files, KUSTOMIZATION] : undefined;
}

/**
 * Removes a folder that holds nothing foreign. Each file is removed by its name in the list, the list itself last, and
 * each folder only when it is empty: a file that synth did not write survives whatever happens meanwhile.
 */
export function removeOwn(folder: string): void {
  if (!isThere(folder)) return;
  for (const { name } of entriesOf(folder)) {
    const cluster = join(folder, name);
    const written = filesOf(cluster) ?? [];
    for (const file of written) if (isThere(join(cluster, file))) unlinkSync(join(cluster, file));
    rmdirSync(cluster);
  }
  rmdirSync(folder);
}

/** True for a symbolic link that leads nowhere, too. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const entriesOf = (folder: string): Dirent[] =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));

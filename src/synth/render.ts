import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadClusters, SettingsError } from '../cluster/load.ts';
import { writeManifests } from './app.ts';
import { compareFolders, describeChanges, listFiles } from './changes.ts';
import { writeKustomization } from './kustomization.ts';
import { outProblems } from './out-folder.ts';
import { replaceFolder } from './replace-folder.ts';
import { assertDigests, withRelease, type ClusterSettings } from './settings.ts';

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** Renders every cluster; returns what to tell the person at the keyboard. */
export function renderAll(clustersDir: string, outdir: string): { says: string; warnings: string[] } {
  // The cdk8s command empties its own folder and names it here.
  const cdk8s = process.env['CDK8S_OUTDIR'];
  const clusters = loadFor(clustersDir, [
    ...outProblems(resolve(cdk8s ?? outdir), { root, clusters: resolve(clustersDir) }),
  ]);
  const warnings = clusters.flatMap(({ name, images }) => placeholderIn(name, images.repository));
  if (cdk8s !== undefined) {
    render(clusters, cdk8s);
    return { says: '', warnings };
  }
  const changes = replaceFolder(outdir, (fresh) => {
    render(clusters, fresh);
  });
  return { says: describeChanges(outdir, changes), warnings };
}

/** Files of a folder that are not what synth would write there; the folder is only read. */
export function staleFiles(clustersDir: string, outdir: string): readonly string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    render(loadFor(clustersDir, []), scratch);
    const { added, changed, removed } = compareFolders(listFiles(outdir), listFiles(scratch));
    return [...added, ...changed, ...removed].sort();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The settings of every cluster; one SettingsError names what is wrong with them, and the other problems. */
function loadFor(clustersDir: string, problems: SettingsError['problems'][number][]): ClusterSettings[] {
  try {
    const clusters = loadClusters(clustersDir).map((settings) => {
      assertDigests(settings);
      return withRelease(settings, version);
    });
    if (problems.length === 0) return clusters;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    problems.push(...error.problems);
  }
  throw new SettingsError(problems);
}

function render(clusters: readonly ClusterSettings[], outdir: string): void {
  writeManifests(clusters, outdir);
  for (const { name } of clusters) writeKustomization(join(outdir, name));
}

/** The shipped examples keep it; a copy must not. https://www.rfc-editor.org/rfc/rfc2606#section-3 */
const PLACEHOLDER = /(^|\.)example\.(com|net|org)(:[0-9]+)?\//;

function placeholderIn(cluster: string, repository: string): string[] {
  if (/^example(-|$)/.test(cluster) || !PLACEHOLDER.test(repository)) return [];
  return [
    `Warning: ${cluster}.yaml: images.repository is still the placeholder ${repository}, where no node can pull an image; write the address of your registry.`,
  ];
}

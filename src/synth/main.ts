import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadClusters, SettingsError } from '../cluster/load.ts';
import { EXIT } from '../contract/exit-code.ts';
import { redact } from '../upgrade/redact.ts';
import { buildApp } from './app.ts';
import { describeChanges } from './changes.ts';
import { writeKustomization } from './kustomization.ts';
import { isFromFileSystem, outProblems } from './out-folder.ts';
import { ForeignFiles, NotRemoved, replaceFolder } from './replace-folder.ts';
import { assertDigests, withRelease, type ClusterSettings } from './settings.ts';

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** Renders every cluster; returns what to tell the person at the keyboard. */
function synth(clustersDir: string, outdir: string): string {
  // The cdk8s command empties its own folder and names it here.
  const cdk8s = process.env['CDK8S_OUTDIR'];
  const clusters = loadFor(clustersDir, resolve(cdk8s ?? outdir));
  if (cdk8s !== undefined) {
    render(clusters, cdk8s);
    return '';
  }
  const changes = replaceFolder(outdir, (fresh) => {
    render(clusters, fresh);
  });
  return describeChanges(outdir, changes);
}

/** The settings of every cluster; one SettingsError names what is wrong with them and with the output folder. */
function loadFor(clustersDir: string, outdir: string): ClusterSettings[] {
  const problems = outProblems(outdir, { root, clusters: resolve(clustersDir) });
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
  buildApp(clusters, outdir).synth();
  for (const { name } of clusters) writeKustomization(join(outdir, name));
}

try {
  const { values } = parseArgs({ options: { clusters: { type: 'string' }, out: { type: 'string' } } });
  process.stdout.write(synth(values.clusters ?? 'clusters', resolve(values.out ?? 'dist')));
} catch (error) {
  process.stderr.write(`${told(error)}\n`);
  process.exitCode = EXIT.BadInput;
}

/** What to tell of a mistake in what was asked for; anything else is a bug and is thrown. */
function told(error: unknown): string {
  if (error instanceof NotRemoved) return error.message;
  const isExpected = error instanceof SettingsError || error instanceof ForeignFiles;
  if (isExpected || isMisuse(error) || isFromFileSystem(error)) return `${redact(error.message)}\nNothing was written.`;
  throw error;
}

/** An option that there is not, as `parseArgs` tells it. */
function isMisuse(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}

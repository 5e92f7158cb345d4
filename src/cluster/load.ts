import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nearest } from './nearest.ts';
import { SettingsError, type Problem } from './problem.ts';
import { readSettings } from './read.ts';
import type { ClusterSettings } from '../settings/cluster.ts';

export { SettingsError } from './problem.ts';
export type { ClusterSettings } from '../settings/cluster.ts';

const MAX_NAME = 40; // Argo adds suffixes of its own, and a label value ends at 63
const FILE_NAME = `<name>.yaml, the name of at most ${MAX_NAME} lower-case letters, digits and - (neither first nor last)`;

type Loaded = { settings: ClusterSettings; problems?: undefined } | { problems: Problem[] };

/** Every cluster of a directory, by name; or one SettingsError that names everything wrong in any of them. */
export function loadClusters(dir: string): ClusterSettings[] {
  const files = clusterFiles(dir);
  if (files.length === 0) {
    throw new SettingsError([
      { file: dir, says: 'saw no file <name>.yaml in this directory, expected one per cluster' },
    ]);
  }
  return settingsOf(files.map((file) => readCluster(join(dir, file))));
}

export function loadCluster(file: string): ClusterSettings {
  const [settings] = settingsOf([readCluster(file)]);
  if (settings === undefined) throw new Error(`${file} gave neither settings nor problems`);
  return settings;
}

/** By the name of a file in a directory, or by a path that ends with .yaml. */
export function loadNamed(name: string, dir: string): ClusterSettings {
  if (name.endsWith('.yaml')) return loadCluster(name);
  const file = join(dir, `${name}.yaml`);
  if (existsSync(file)) return loadCluster(file);
  const known = clusterFiles(dir)
    .map((each) => each.replace(/\.ya?ml$/i, ''))
    .sort();
  const near = nearest(name, known);
  throw new SettingsError([
    {
      file: '--cluster',
      says: `saw ${name}, expected a file in ${basename(dir)}/${near === undefined ? '' : `; did you mean ${near}?`}; there ${known.length === 0 ? 'is none' : `are ${known.join(', ')}`}`,
    },
  ]);
}

/** A file with nearly the right ending is taken too, so that it is refused rather than overlooked. */
function clusterFiles(dir: string): string[] {
  try {
    return readdirSync(dir).filter((file) => /^[^.].*\.ya?ml$/i.test(file));
  } catch (error) {
    throw new SettingsError([{ file: dir, says: `cannot be read (${reasonOf(error)}), expected a directory` }]);
  }
}

function settingsOf(loaded: readonly Loaded[]): ClusterSettings[] {
  const problems = loaded.flatMap((each) => each.problems ?? []);
  if (problems.length > 0) throw new SettingsError(problems);
  const settings = loaded.flatMap((each) => (each.problems ? [] : [each.settings]));
  return settings.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCluster(file: string): Loaded {
  const [, name] = /^([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.yaml$/.exec(basename(file)) ?? [];
  const isNamed = name !== undefined && name.length <= MAX_NAME;
  const naming: Problem[] = isNamed ? [] : [{ file, says: `saw this file name, expected ${FILE_NAME}` }];
  let text: string;
  try {
    const bytes = readFileSync(file);
    const says = noSettings(bytes);
    if (says !== undefined) return { problems: [...naming, { file, says }] };
    text = bytes.toString('utf8');
  } catch (error) {
    return { problems: [...naming, { file, says: `cannot be read (${reasonOf(error)}), expected a file` }] };
  }
  const { settings, problems } = readSettings(text, file);
  if (settings === undefined || !isNamed) return { problems: [...naming, ...problems] };
  return { settings: { name, ...settings } };
}

const MOST_BYTES = 2 ** 20;

/** What a parser would need long for, or take for other characters. */
function noSettings(bytes: Buffer): string | undefined {
  if (bytes.length > MOST_BYTES) return `saw ${bytes.length} bytes, expected at most ${MOST_BYTES}`;
  const mark = bytes.subarray(0, 2).toString('hex');
  return ['fffe', 'feff'].includes(mark) ? 'saw UTF-16, expected UTF-8; save the file as UTF-8' : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

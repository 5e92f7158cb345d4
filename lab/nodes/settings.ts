import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { kubectl, must, REPO } from '../campaign/commands.ts';

const CLUSTERS = 'build/nodes-clusters';
const RENDERED = 'build/nodes-dist';
export const RENDERED_CLUSTER = `${RENDERED}/nodes`;

/** Sections of the settings, merged over those of lab/nodes/clusters/nodes.yaml. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Renders the campaign's cluster, with the settings that a scenario needs. */
export async function renderSettings(overrides: Overrides = {}): Promise<void> {
  const base = parse(readFileSync(join(REPO, 'lab/nodes/clusters/nodes.yaml'), 'utf8')) as Overrides;
  const sections = new Set([...Object.keys(base), ...Object.keys(overrides)]);
  const merged = Object.fromEntries([...sections].map((name) => [name, { ...base[name], ...overrides[name] }]));
  mkdirSync(join(REPO, CLUSTERS), { recursive: true });
  writeFileSync(join(REPO, CLUSTERS, 'nodes.yaml'), stringify(merged));
  await must('npm', ['run', '-s', 'synth', '--', '--clusters', CLUSTERS, '--out', RENDERED]);
}

/** The same, and the cluster has them from now on. */
export async function applySettings(overrides: Overrides = {}): Promise<void> {
  await renderSettings(overrides);
  await kubectl('apply', '-f', RENDERED_CLUSTER);
}

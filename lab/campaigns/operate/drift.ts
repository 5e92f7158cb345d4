import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { built } from '../../kit/cluster.ts';
import { get, must, REPO } from '../../kit/commands.ts';
import { check, noteLines } from '../../kit/record.ts';
import { SETTINGS } from './cluster.ts';

interface KubeObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; annotations?: Record<string, string> };
}

interface Difference {
  readonly name: string;
  readonly predicted: unknown;
  readonly live: unknown;
}

interface Ignored {
  readonly kind: string;
  readonly jsonPointers: readonly string[];
}

/**
 * Differences that Argo CD would report after runs have written everything, by its own library and the settings of
 * argo/applicationset.yaml. And without what those settings ignore: then the fields show, or the check would be blind.
 */
export async function drift(): Promise<void> {
  const differ = await built('argocd-diff');
  const set = parse(readFileSync(join(REPO, 'argo/applicationset.yaml'), 'utf8')) as {
    spec: { template: { spec: { ignoreDifferences: readonly Ignored[] } } };
  };
  const { ignoreDifferences } = set.spec.template.spec;
  const pairs = await Promise.all(rendered().map(async (config) => ({ config, live: await liveOf(config) })));
  const differences = async (ignore: unknown): Promise<Difference[]> =>
    JSON.parse(await must('lab/in-lab.sh', [differ], JSON.stringify({ ignore, pairs }))) as Difference[];

  const fought = await differences(ignoreDifferences);
  const what = `objects of dist/ that Argo CD would call out of sync, of ${pairs.length}`;
  check(what, 'none', fought.map(({ name }) => name).join(', ') || 'none');
  for (const each of fought) noteLines(JSON.stringify(each).slice(0, 600));
  const written = await differences([]);
  noteLines(`Without ignoreDifferences: ${written.map(({ name }) => name).join(', ') || 'none'}.`);
  for (const { kind, jsonPointers } of ignoreDifferences) noteLines(`Ignored on ${kind}: ${jsonPointers.join(', ')}`);
}

function rendered(): KubeObject[] {
  const folder = join(REPO, SETTINGS.folder);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS() as KubeObject);
}

/** As the API server has it; what `kubectl apply` notes for itself Argo CD leaves out as well. */
async function liveOf({ kind, metadata: { name, namespace } }: KubeObject): Promise<KubeObject> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  const live = await get<KubeObject>(kind, name, ...where);
  delete live.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  return live;
}

// `npm run schema` writes the JSON Schema of the settings for editors. `--check` only says whether it is current.
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { clusterSchema } from '../src/cluster/schema.ts';
import { publishWith, type Generated } from './generated.ts';

const ROOT = resolve(import.meta.dirname, '..');
export const PUBLISHED = 'docs/reference/cluster.schema.json';

export async function publishedSchema(): Promise<Generated> {
  const style = await resolveConfig(resolve(ROOT, PUBLISHED));
  const text = await format(JSON.stringify(clusterSchema), { ...style, parser: 'json' });
  return { pages: new Map([[PUBLISHED, text]]), folders: [], marker: '', remedy: 'npm run schema' };
}

export const main = publishWith(ROOT, publishedSchema);

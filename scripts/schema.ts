// `npm run schema` writes the JSON Schema of the settings for editors. `--check` only says whether it is current.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { clusterSchema } from '../src/cluster/schema.ts';
import type { Streams } from '../src/command-line/program.ts';

export const PUBLISHED = fileURLToPath(new URL('../docs/reference/cluster.schema.json', import.meta.url));

export async function publishedSchema(): Promise<string> {
  const style = await resolveConfig(PUBLISHED);
  return format(JSON.stringify(clusterSchema), { ...style, parser: 'json' });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export async function publish(
  file: string,
  { check }: { check: boolean },
): Promise<{ exitCode: number; says: string }> {
  const [text, name] = [await publishedSchema(), relative(process.cwd(), file)];
  if (read(file) === text) return { exitCode: 0, says: `${name} is current` };
  if (check) return { exitCode: 1, says: `${name} is not what src/settings/ says; run: npm run schema` };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return { exitCode: 0, says: `wrote ${name}` };
}

export async function main(args: string[], { out, err }: Streams): Promise<number> {
  const { exitCode, says } = await publish(PUBLISHED, { check: args.includes('--check') });
  (exitCode === 0 ? out : err)(`${says}\n`);
  return exitCode;
}

// One self-contained program per step: `npm run bundle` writes build/steps/<step>.cjs and <step>.licenses.txt, what the image of
// the step holds, and the source map <step>.cjs.map.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../src/cli/bundle-steps.ts';
import type { Streams } from '../src/command-line/program.ts';
import { EXIT } from '../src/contract/exit-code.ts';
import { STEPS } from '../src/steps/catalog.ts';

const ROOT = resolve(import.meta.dirname, '..');

const WRITTEN = ['.cjs', '.cjs.map', '.licenses.txt'];

/** Removes bundles, also those of steps that are gone. Other files in the folder stay. */
function removeBundles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder))
    if (WRITTEN.some((ending) => file.endsWith(ending))) rmSync(join(folder, file));
}

export async function main(_: string[], { out }: Streams): Promise<number> {
  const outdir = join(ROOT, 'build/steps');
  removeBundles(outdir);
  await bundle(
    STEPS.map(({ name }) => name),
    outdir,
  );
  out(`build/steps/: ${STEPS.map(({ name }) => `${name}.cjs`).join(', ')}\n`);
  return EXIT.Done;
}

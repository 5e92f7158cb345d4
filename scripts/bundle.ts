// One self-contained program per step: `tsx scripts/bundle.ts` writes build/steps/<step>.cjs, what the image of the step holds.
import { build } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STEPS } from '../src/steps/catalog.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Throws when there is an error; esbuild has said which. */
export async function bundle(steps: readonly string[], outdir: string): Promise<void> {
  await build({
    entryPoints: steps.map((name) => ({ in: join(ROOT, `src/steps/${name}/main.ts`), out: name })),
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // Optional native speed-ups of ssh2; it works without them.
    external: ['cpu-features', '*.node'],
    logLevel: 'warning',
  });
}

/** Bundles of steps that are gone; other files in the folder stay. */
function removeBundles(folder: string): void {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) if (file.endsWith('.cjs')) rmSync(join(folder, file));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outdir = join(ROOT, 'build/steps');
  removeBundles(outdir);
  await bundle(
    STEPS.map(({ name }) => name),
    outdir,
  );
  process.stdout.write(`build/steps/: ${STEPS.map(({ name }) => `${name}.cjs`).join(', ')}\n`);
}

import { build } from 'esbuild';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STEPS } from '../src/steps/catalog.ts';

// One self-contained program per step: build/steps/<step>.cjs, what the image of the step holds.
const root = resolve(import.meta.dirname, '..');
const outdir = join(root, 'build/steps');
rmSync(outdir, { recursive: true, force: true });
const { errors } = await build({
  entryPoints: STEPS.map(({ name }) => ({ in: join(root, `src/steps/${name}/main.ts`), out: name })),
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
if (errors.length > 0) process.exitCode = 1;
else process.stdout.write(`build/steps/: ${STEPS.map(({ name }) => `${name}.cjs`).join(', ')}\n`);

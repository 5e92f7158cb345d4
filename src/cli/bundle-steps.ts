import { build } from 'esbuild';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Writes `<step>.cjs`, a self-contained program, into `outdir` for each step. Throws when esbuild reports an error. */
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

import { build, type Plugin } from 'esbuild';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Leaves out the generated models of client-node, which no step uses: adapters/kubernetes/rest.ts sends the requests. Its package.json
 * does not say that its modules have no side effects, so esbuild alone would keep all of them: 0.6 MB in each bundle.
 */
const withoutModels: Plugin = {
  name: 'without-models',
  setup(bundler) {
    const filter = /^@kubernetes\/client-node$|\/models\//;
    bundler.onResolve({ filter }, async ({ path, pluginData, importer, kind, namespace, resolveDir }) => {
      if (pluginData === withoutModels.name) return undefined;
      const options = { importer, kind, namespace, resolveDir, pluginData: withoutModels.name };
      const found = await bundler.resolve(path, options);
      return found.path.includes('@kubernetes/client-node') ? { ...found, sideEffects: false } : found;
    });
  },
};

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
    plugins: [withoutModels],
  });
}

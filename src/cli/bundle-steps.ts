import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

const optionsOf = (steps: readonly string[], outdir: string): BuildOptions => ({
  absWorkingDir: ROOT,
  entryPoints: steps.map((name) => ({ in: join(ROOT, `src/steps/${name}/main.ts`), out: name })),
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // ssh2 works without its native speed-ups, and debug without its colours.
  external: ['cpu-features', '*.node', 'supports-color'],
  logLevel: 'warning',
  plugins: [withoutModels],
});

/**
 * Stack traces keep the names of functions and of error classes. Short lines keep what Node prints of an uncaught error
 * short. The source map gives the line of the source; no image holds it. docs/decisions/0035 has the sizes.
 */
const SMALL: BuildOptions = {
  minify: true,
  keepNames: true,
  lineLimit: 160,
  legalComments: 'none',
  sourcemap: 'external',
  sourcesContent: false,
};

/**
 * Writes three files per step into `outdir`: `<step>.cjs`, a self-contained program; its source map `<step>.cjs.map`; and
 * `<step>.licenses.txt`, the licences of the packages in it. Throws when esbuild reports an error.
 */
export async function bundle(steps: readonly string[], outdir: string): Promise<void> {
  const { metafile } = await build({ ...optionsOf(steps, outdir), ...SMALL, metafile: true });
  for (const [step, packages] of contentsOf(steps, metafile))
    writeFileSync(join(outdir, `${step}.licenses.txt`), [...packages].map(licenceText).join('\n'));
}

/** Name of each step → names of the npm packages that its bundle holds, sorted. Writes nothing. */
export async function packagesOf(steps: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { metafile } = await build({ ...optionsOf(steps, join(ROOT, 'build/steps')), metafile: true, write: false });
  return new Map(
    [...contentsOf(steps, metafile)].map(([step, packages]) => [
      step,
      [...new Set([...packages].map(([name]) => name))].sort(),
    ]),
  );
}

/** A package in a bundle: its name and its folder below the root. */
type PackageFolder = readonly [name: string, folder: string];

/** Two versions of a package have two folders. */
function contentsOf(steps: readonly string[], { outputs }: Metafile): ReadonlyMap<string, readonly PackageFolder[]> {
  const all = Object.entries(outputs);
  return new Map(
    steps.map((step) => {
      const [, output] = all.find(([file]) => file.endsWith(`/${step}.cjs`)) ?? [];
      const folders = Object.entries(output?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .flatMap(([file]) => packageFolder(file));
      return [step, [...new Map(folders.map((each) => [each[1], each])).values()].sort(byName)];
    }),
  );
}

const byName = ([a]: PackageFolder, [b]: PackageFolder): number => (a < b ? -1 : a > b ? 1 : 0);

function packageFolder(file: string): PackageFolder[] {
  const at = file.lastIndexOf('node_modules/');
  if (at === -1) return [];
  const [first = '', second = ''] = file.slice(at + 'node_modules/'.length).split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return [[name, `${file.slice(0, at)}node_modules/${name}`]];
}

/** Licences that a package brings as a file, or as a part of its package.json. */
function licenceText([name, folder]: PackageFolder): string {
  const path = join(ROOT, folder);
  const { version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license?: string;
  };
  const files = readdirSync(path).filter((file) => /^((un)?licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  return [`==== ${name} ${version} (${license ?? 'licence below'}) ====`, ...texts, ''].join('\n\n');
}

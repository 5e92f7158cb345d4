// Says what dist/ changes on the clusters, object by object, as Markdown: `npm run -s diff -- --base main`.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT } from '../src/contract/exit-code.ts';
import { compare } from './diff/compare.ts';
import { toMarkdown } from './diff/markdown.ts';
import { clustersAt, clustersNow, DiffError, findBase } from './diff/trees.ts';
import { redact } from '../src/upgrade/redact.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** What to print, and how to exit: a difference is no error. */
export function printDiff(args: readonly string[], root = ROOT): { says: string; exitCode: number } {
  try {
    const { values } = parseArgs({ args: [...args], options: { base: { type: 'string' } } });
    const base = findBase(root, values.base);
    return { says: toMarkdown(compare(clustersAt(root, base), clustersNow(root)), base.name), exitCode: EXIT.Done };
  } catch (error) {
    if (!(error instanceof DiffError) && !isMisuse(error)) throw error;
    return {
      says: `${redact(error.message)}\nnpm run -s diff -- [--base <branch, tag or commit; main>]\n`,
      exitCode: EXIT.BadInput,
    };
  }
}

/** An option that there is not, as `parseArgs` tells it. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { says, exitCode } = printDiff(process.argv.slice(2));
  (exitCode === 0 ? process.stdout : process.stderr).write(says);
  process.exitCode = exitCode;
}

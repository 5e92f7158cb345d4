// Shows what dist/ changes on the clusters, object by object, as Markdown: `npm run -s diff -- --base main`.
import { join, resolve } from 'node:path';
import { parse } from '../command-line/command.ts';
import { DIFF } from '../command-line/commands.ts';
import type { Streams } from '../command-line/program.ts';
import { EXIT } from '../contract/exit-code.ts';
import { SettingsError } from '../cluster/load.ts';
import { staleFiles } from '../synth/render.ts';
import { redact } from '../text/redact.ts';
import { compare } from './diff/compare.ts';
import { ManifestError } from './diff/manifests.ts';
import { toMarkdown } from './diff/markdown.ts';
import { clustersAt, clustersNow, DiffError, findBase } from './diff/trees.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MOST_NAMED = 10;
/** Errors in the options, dist/ or clusters/. Any other error is a bug. */
const EXPECTED = [DiffError, ManifestError, SettingsError];

/** Returns what to print and the exit code. A difference is no error. `stale`: files of dist/ that are not what synth would write. */
export function printDiff(
  args: readonly string[],
  root = ROOT,
  stale: () => readonly string[] = () => staleFiles(join(root, 'clusters'), join(root, 'dist')),
): { says: string; exitCode: number } {
  const parsed = parse(DIFF, args);
  if ('says' in parsed) return parsed;
  try {
    const base = findBase(root, parsed.values.base);
    assertCurrent(stale());
    return { says: toMarkdown(compare(clustersAt(root, base), clustersNow(root)), base.name), exitCode: EXIT.Done };
  } catch (error) {
    if (!(error instanceof Error) || !EXPECTED.some((kind) => error instanceof kind)) throw error;
    return { says: `${redact(error.message)}\n`, exitCode: EXIT.BadInput };
  }
}

/** Without this check, a change of the settings that is not in dist/ yet would not be shown. */
function assertCurrent(stale: readonly string[]): void {
  if (stale.length === 0) return;
  const named = stale.slice(0, MOST_NAMED).map((file) => `  dist/${file}`);
  const more = stale.length > MOST_NAMED ? [`  and ${stale.length - MOST_NAMED} more`] : [];
  throw new DiffError(
    [
      `dist/ is not what synth would write now, so a comparison would be wrong. Not current:`,
      ...named,
      ...more,
      'Run: npm run synth',
    ].join('\n'),
  );
}

export function main(args: string[], { out, err }: Streams): number {
  const { says, exitCode } = printDiff(args);
  (exitCode === EXIT.Done ? out : err)(says);
  return exitCode;
}

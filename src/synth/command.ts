import { resolve } from 'node:path';
import { SettingsError } from '../cluster/load.ts';
import { parse } from '../command-line/command.ts';
import { CHECK_DIST, SYNTH } from '../command-line/commands.ts';
import type { Streams } from '../command-line/program.ts';
import { EXIT } from '../contract/exit-code.ts';
import { redact } from '../text/redact.ts';
import { isFromFileSystem } from './out-folder.ts';
import { renderAll, staleFiles } from './render.ts';
import { ForeignFiles, NotRemoved } from './replace-folder.ts';

/** Writes the manifests, prints what changed, and returns the exit code. */
export function synth(args: readonly string[], { out, err }: Streams): number {
  const parsed = parse(SYNTH, args);
  if ('says' in parsed) {
    (parsed.exitCode === EXIT.Done ? out : err)(parsed.says);
    return parsed.exitCode;
  }
  try {
    const { clusters = 'clusters', out: outdir = 'dist' } = parsed.values;
    const { says, warnings } = renderAll(clusters, resolve(outdir));
    warnings.forEach((warning) => {
      err(`${redact(warning)}\n`);
    });
    out(says);
    return EXIT.Done;
  } catch (error) {
    err(`${told(error)}\n`);
    return EXIT.BadInput;
  }
}

/** Compares dist/ with what synth would write, and returns the exit code. It writes nothing. */
export function checkDist(args: readonly string[], { out, err }: Streams): number {
  const parsed = parse(CHECK_DIST, args);
  if ('says' in parsed) {
    (parsed.exitCode === EXIT.Done ? out : err)(parsed.says);
    return parsed.exitCode;
  }
  try {
    const stale = staleFiles('clusters', resolve('dist'));
    if (stale.length === 0) out('dist/ is current.\n');
    else
      err(
        `${stale.map((file) => `dist/${file}\n`).join('')}dist/ is not current. Run npm run synth, review these files and commit them.\n`,
      );
    return stale.length === 0 ? EXIT.Done : 1;
  } catch (error) {
    err(`${told(error)}\n`);
    return EXIT.BadInput;
  }
}

/** The message of an error in the options or the settings. Throws any other error, which is a bug. */
function told(error: unknown): string {
  if (error instanceof NotRemoved) return error.message;
  const isExpected = error instanceof SettingsError || error instanceof ForeignFiles;
  if (isExpected || isFromFileSystem(error)) return `${redact(error.message)}\nNothing was written.`;
  throw error;
}

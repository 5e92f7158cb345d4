// Prints the alert rules of a cluster as a plain rule file, for a Prometheus that is configured by files: `npm run -s rules -- --cluster example`.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadCluster, SettingsError } from '../src/cluster/load.ts';
import { readSettings } from '../src/cluster/read.ts';
import type { ClusterSettings } from '../src/cluster/schema.ts';
import { EXIT } from '../src/contract/exit-code.ts';
import { ruleFile } from '../src/synth/alerts.ts';
import { redact } from '../src/upgrade/redact.ts';

const CLUSTERS = resolve(import.meta.dirname, '../clusters');

/** The defaults of the schema need an address for images, and no rule asks for one. */
const NO_IMAGES = 'images: { repository: localhost/none }\n';

/** Those of a file in clusters/, or of a path; without either, the defaults. */
export function alertSettings(cluster: string | undefined): Pick<ClusterSettings, 'alerts' | 'snapshot'> {
  if (cluster !== undefined)
    return loadCluster(cluster.endsWith('.yaml') ? cluster : join(CLUSTERS, `${cluster}.yaml`));
  const { settings, problems } = readSettings(NO_IMAGES, 'the defaults');
  if (settings === undefined) throw new SettingsError(problems);
  return settings;
}

/** What to print, and how to exit. */
export function printRules(args: readonly string[]): { says: string; exitCode: number } {
  try {
    const { values } = parseArgs({ args: [...args], options: { cluster: { type: 'string' } } });
    return { says: ruleFile(alertSettings(values.cluster)), exitCode: EXIT.Done };
  } catch (error) {
    if (!(error instanceof SettingsError) && !isMisuse(error)) throw error;
    return {
      says: `${redact(error.message)}\nnpm run -s rules -- [--cluster <name of a file in clusters/, or a path>]\n`,
      exitCode: EXIT.BadInput,
    };
  }
}

/** An option that there is not, as `parseArgs` tells it. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { says, exitCode } = printRules(process.argv.slice(2));
  (exitCode === 0 ? process.stdout : process.stderr).write(says);
  process.exitCode = exitCode;
}

// Prints the alert rules of a cluster as a plain rule file, for a Prometheus that is configured by files: `npm run -s rules -- --cluster example`.
import { resolve } from 'node:path';
import { loadNamed, SettingsError } from '../cluster/load.ts';
import type { ClusterSettings } from '../settings/cluster.ts';
import { parse } from '../command-line/command.ts';
import { RULES } from '../command-line/commands.ts';
import type { Streams } from '../command-line/program.ts';
import { EXIT } from '../contract/exit-code.ts';
import { ruleFile } from '../synth/alerts.ts';
import { redact } from '../text/redact.ts';

const CLUSTERS = resolve(import.meta.dirname, '../../clusters');

/** Loads the settings of a name in clusters/ or of a path. */
export const alertSettings = (cluster: string): ClusterSettings => loadNamed(cluster, CLUSTERS);

/** What to print, and how to exit. */
export function printRules(args: readonly string[]): { says: string; exitCode: number } {
  const parsed = parse(RULES, args);
  if ('says' in parsed) return parsed;
  try {
    return { says: ruleFile(alertSettings(parsed.values.cluster ?? '')), exitCode: EXIT.Done };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { says: `${redact(error.message)}\n`, exitCode: EXIT.BadInput };
  }
}

export function main(args: string[], { out, err }: Streams): number {
  const { says, exitCode } = printRules(args);
  (exitCode === EXIT.Done ? out : err)(says);
  return exitCode;
}

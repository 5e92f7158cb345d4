import { basename } from 'node:path';
import { parse, type Command } from '../../src/command-line/command.ts';
import { EXIT } from '../../src/contract/exit-code.ts';

interface CampaignOptions {
  readonly keep: boolean;
  readonly record: string | undefined;
  /** Names of parts. */
  readonly only: readonly string[] | undefined;
}

/** The options of the campaign that this process runs; ends the process when there is something to print instead. */
export function campaignOptions(title: string, partNames: readonly string[] = []): CampaignOptions {
  const command = commandOf(basename(process.argv[1] ?? '', '.ts'), title, partNames);
  const parsed = parse(command, process.argv.slice(2));
  if ('says' in parsed) {
    (parsed.exitCode === EXIT.Done ? process.stdout : process.stderr).write(parsed.says);
    process.exit(parsed.exitCode);
  }
  const { keep, record, only } = parsed.values as { keep?: boolean; record?: string; only?: string };
  return { keep: keep === true, record, only: only?.split(',') };
}

const commandOf = (name: string, title: string, partNames: readonly string[]): Command => ({
  run: `npm run lab:${name} --`,
  does: `${title}.\nIt builds a cluster on this machine, which takes minutes, and removes it in the end.`,
  options: {
    keep: { doc: 'Leaves the cluster up.' },
    record: { value: 'file', doc: 'Writes the record there.' },
    ...(partNames.length === 0
      ? {}
      : { only: { value: 'names', doc: `The only parts to run, separated by commas: ${partNames.join(', ')}.` } }),
  },
  exitCodes: 'Exit codes: 0 every point passed; 1 a point failed; 2 wrong options.',
});

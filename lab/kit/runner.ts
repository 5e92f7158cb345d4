import { basename } from 'node:path';
import { bringUp, CampaignSettings, type Shape } from './cluster.ts';
import { argo, kubectl, must, tryKubectl } from './commands.ts';
import { beginRecord, check, note, recordPath, writeSection } from './record.ts';
import { parse, type Command } from '../../src/command-line/command.ts';
import { EXIT } from '../../src/contract/exit-code.ts';

/** A scenario of a part: it acts on the cluster and records what it sees. */
export type Scenario = () => Promise<void>;

/** A part of a campaign, on a new cluster of its own. */
export interface Part {
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  readonly body: () => Promise<unknown>;
}

/**
 * Runs the parts of a campaign: a line per point, a closing line, and exit code 1 when a point failed. A part that breaks off
 * is a failed point, and the next part runs. `--only NAMES` chooses parts; `--keep` leaves the lab of the last part up.
 * `--record FILE` writes a section per part, with the date and the commit of that part's last run. The sections of other parts
 * stay as they are.
 */
export async function campaign(title: string, settings: CampaignSettings, parts: readonly Part[]): Promise<void> {
  const { keep, record: file, chosen } = options(title, parts);
  const path = file === undefined ? undefined : recordPath(file, title);
  await must('npm', ['run', '-s', 'bundle']);
  let [passed, failed] = [0, 0];
  try {
    for (const part of chosen) {
      const record = beginRecord();
      note(`=== ${part.title}`);
      await attempt('the part', async () => {
        await bringUp(part.shape, settings);
        await part.body();
      });
      if (path !== undefined)
        writeSection(path, title, await record.section(part.title, await versions().catch(() => [])));
      passed += record.passed;
      failed += record.failed;
    }
  } finally {
    if (!keep) await must('lab/down.sh', ['--purge']);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** Runs a piece of a part. A piece that breaks off is a failed point, and the next piece runs. */
export async function attempt(what: string, body: () => Promise<unknown>): Promise<void> {
  try {
    await body();
  } catch (error) {
    check(`${what} runs to its end`, 'no error', error instanceof Error ? error.message : String(error), false);
    await diagnose();
  }
}

/** The versions under test, as Argo and the nodes report them. */
async function versions(): Promise<string[]> {
  const columns = ['.metadata.name', ...['kubeletVersion', 'containerRuntimeVersion', 'osImage'].map(ofNodeInfo)];
  const output = `-o=custom-columns=${columns.map((path) => `:${path}`).join(',')}`;
  const nodes = await kubectl('get', 'nodes', output, '--no-headers');
  const client = (await argo('version', '--short')).split('\n').at(0) ?? '';
  return [`Argo Workflows: ${client}`, ...nodes.split('\n').map((line) => `node ${line.replace(/\s+/g, ' ')}`)];
}

const ofNodeInfo = (field: string): string => `.status.nodeInfo.${field}`;

/** Prints what explains a failure most often. */
async function diagnose(): Promise<void> {
  const questions = [
    ['nodes,workflows', '-A', '-o', 'wide'],
    ['pods', '-A', '-o', 'wide'],
    ['events', '-n', 'k8s-upgrade', '--sort-by=.lastTimestamp'],
  ];
  for (const question of questions) {
    const { stdout, stderr } = await tryKubectl('get', ...question);
    process.stdout.write(`${stdout}${stderr}\n`);
  }
}

interface Options {
  readonly keep: boolean;
  readonly record: string | undefined;
  readonly chosen: readonly Part[];
}

/** Reads the options of the campaign that this process runs. Ends the process when there is something to print instead. */
function options(title: string, parts: readonly Part[]): Options {
  const command = commandOf(basename(process.argv[1] ?? '', '.ts'), title, parts);
  const parsed = parse(command, process.argv.slice(2));
  if ('says' in parsed) {
    (parsed.exitCode === EXIT.Done ? process.stdout : process.stderr).write(parsed.says);
    process.exit(parsed.exitCode);
  }
  const { keep, record, only } = parsed.values as { keep?: boolean; record?: string; only?: string };
  return { keep: keep === true, record, chosen: only === undefined ? parts : choose(parts, only.split(',')) };
}

const namesOf = (parts: readonly Part[]): string => parts.map(({ name }) => name).join(', ');

const commandOf = (name: string, title: string, parts: readonly Part[]): Command => ({
  run: `npm run lab:${name} --`,
  does: `${title}.\nIt builds a cluster on this machine, which takes minutes, and removes it in the end.`,
  options: {
    keep: { doc: 'Leaves the cluster up.' },
    record: { value: 'file', doc: 'Writes the record there.' },
    only: { value: 'names', doc: `The only parts to run, separated by commas: ${namesOf(parts)}.` },
  },
  exitCodes: 'Exit codes: 0 every point passed; 1 a point failed; 2 wrong options.',
});

function choose(all: readonly Part[], names: readonly string[]): readonly Part[] {
  const unknown = names.filter((name) => !all.some((part) => part.name === name));
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}; there are ${namesOf(all)}`);
  return all.filter(({ name }) => names.includes(name));
}

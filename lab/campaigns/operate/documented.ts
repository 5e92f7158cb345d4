import { type Ended, REPO, run, tryInLab } from '../../kit/commands.ts';
import { check, note, noteLines } from '../../kit/record.ts';
import { whenEnded, type Workflow } from '../../kit/runs.ts';
import { BY_OPERATE } from './documented/by-operate.ts';
import { BY_ROLLBACK } from './documented/by-rollback.ts';
import { documentedCommands } from './documented/documents.ts';
import { CAMPAIGNS, ELSEWHERE, IN_PARTS } from './documented/elsewhere.ts';
import { filledIn, type Values } from './documented/fill.ts';
import { MENTIONED, NOWHERE } from './documented/nowhere.ts';

/** A command of the documents that this campaign executes; another text is a type error. */
export type DocumentedCommand = (typeof BY_OPERATE)[number] | (typeof BY_ROLLBACK)[number];

export interface How {
  /** A machine of the lab, or `host`; otherwise the lab's network, as cluster admin. */
  readonly on?: string;
  readonly exitCodes?: readonly number[];
  readonly limitSeconds?: number;
}

const DOCUMENTED = documentedCommands(REPO);
const executed = new Set<string>();

/**
 * Executes a command as it stands in the documents, filled in as a reader has to; several run in one shell, each after the one
 * before it ended well. A line of the record says how it ended, what was filled in included.
 */
export async function documented(
  command: DocumentedCommand | readonly DocumentedCommand[],
  values: Values = {},
  { on, exitCodes = [0], limitSeconds = 900 }: How = {},
): Promise<Ended> {
  const commands = typeof command === 'string' ? [command] : command;
  const text = commands.join('\n');
  const strangers = commands.filter((each) => !DOCUMENTED.has(each));
  if (strangers.length > 0) throw new Error(`no document says: ${strangers.join('\n')}`);
  const script = filledIn(text, values);
  const shell = ['timeout', `${limitSeconds}`, 'bash', '-c', commands.length > 1 ? `set -e\n${script}` : script];
  const ended = await runOn(on, shell);
  for (const each of commands) executed.add(each);
  const isExpected = exitCodes.includes(ended.exitCode);
  const what = `as documented${on === undefined ? '' : ` on ${on}`}: ${shown(text, values)}`;
  check(what, `exit code ${exitCodes.join(' or ')}`, `exit code ${ended.exitCode}`, isExpected);
  if (!isExpected) noteLines(lastLines(ended));
  return ended;
}

/** The name of the Workflow that a documented submission began. */
export async function submitted(command: DocumentedCommand, values: Values = {}, how: How = {}): Promise<string> {
  const { stdout, stderr } = await documented(command, values, how);
  const name = /\bName:\s+(\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`${command} named no Workflow: ${stdout}${stderr}`);
  return name;
}

/** The run of a documented submission, once it has ended. */
export const endOfSubmitted = async (
  command: DocumentedCommand,
  values: Values = {},
  limitSeconds = 1200,
): Promise<Workflow> => whenEnded(await submitted(command, values), limitSeconds);

/** At the end: whether the tables were right about this campaign, and what no table has executed. */
export function everyDocument(): void {
  const missed = [...BY_OPERATE, ...BY_ROLLBACK].filter((command) => !executed.has(command));
  const what = `commands of the documents, of ${DOCUMENTED.size - MENTIONED.length}, that this campaign should have executed and did not`;
  check(what, 'none', missed.join('; ') || 'none');
  const others = [...Object.keys(ELSEWHERE), ...IN_PARTS, ...CAMPAIGNS];
  note(`  Executed here: ${executed.size}. By CI, by every campaign, or campaigns themselves: ${others.length}.`);
  for (const [command, why] of Object.entries(NOWHERE)) noteLines(`Executed by nothing: ${command}: ${why}`);
}

function runOn(on: string | undefined, shell: readonly string[]): Promise<Ended> {
  const [program = '', ...rest] = shell;
  if (on === 'host') return run(program, rest);
  return on === undefined ? tryInLab(...shell) : run('lab/on-node.sh', [on, ...shell]);
}

/** The command as typed, without paths of this host. */
const shown = (text: string, values: Values): string =>
  Object.entries(values)
    .filter(([, value]) => !value.startsWith('/'))
    .reduce((filled, [place, value]) => filled.replaceAll(place, () => value), text)
    .replaceAll('\n', '; ');

const lastLines = ({ stdout, stderr }: Ended): string[] =>
  `${stdout}\n${stderr}`
    .split('\n')
    .filter((line) => line !== '')
    .slice(-12);

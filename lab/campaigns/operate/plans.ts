import { tryInLab } from '../../kit/commands.ts';
import { check, noteLines } from '../../kit/record.ts';
import { SETTINGS } from './cluster.ts';

interface Planned {
  readonly digest?: string;
  readonly order?: readonly { readonly name: string }[];
}

/** `npm run plan` as an operator has it, with the cluster's kubeconfig and the key of the nodes. */
async function plan(...flags: readonly string[]): Promise<{ exitCode: number; out: string }> {
  const script = `exec npm run -s plan -- --cluster ${SETTINGS.file} --ssh-key "$(dirname "$KUBECONFIG")/ssh_key" ${flags.join(' ')}`;
  const { exitCode, stdout, stderr } = await tryInLab('bash', '-c', script);
  return { exitCode, out: [0, 10, 11].includes(exitCode) ? stdout : `${stdout}${stderr}` };
}

/** What it says, to a person and to a program. Both must agree. */
export async function checkPlan(
  what: string,
  expected: { readonly exitCode: number; readonly nodes: readonly string[] },
  ...flags: readonly string[]
): Promise<string> {
  const [person, program] = [await plan(...flags), await plan('--json', ...flags)];
  check(`npm run plan, ${what}: exit code`, String(expected.exitCode), `${person.exitCode}`);
  noteLines(person.out.trimEnd());
  const told = tryParse(program.out);
  const order = told === undefined ? program.out : (told.order ?? []).map(({ name }) => name).join(', ');
  check('… the nodes, in order', expected.nodes.join(', '), order);
  const digest = /Digest (\S+)/.exec(person.out)?.[1] ?? 'none';
  check('… the digest is the same to a person and to a program', told?.digest ?? 'none', digest);
  return told?.digest ?? '';
}

function tryParse(text: string): Planned | undefined {
  try {
    return JSON.parse(text) as Planned;
  } catch {
    return undefined;
  }
}

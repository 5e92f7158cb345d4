// What the next run would do, looked at and not done: `npm run plan -- --cluster prod`, `npm run plan -- --help`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT } from '../contract/exit-code.ts';
import type { Tools } from '../steps/harness/run-step.ts';
import { printable } from '../upgrade/printable.ts';
import { asProgram, end, endOf, type Streams } from './program.ts';
import { paintFor } from './paint.ts';
import { toJson } from './plan/json.ts';
import { look } from './plan/look.ts';
import { PLAN_EXIT, verdictOf } from './plan/report.ts';
import { show } from './plan/show.ts';
import { connectWorld, planInputs } from './plan/world.ts';
import { settingsFor, type Env } from './settings.ts';

const FLAGS = {
  cluster: ['name', 'File in clusters/ (or a path) with the settings of the cluster.'],
  kubeconfig: ['file', 'Instead of KUBECONFIG. It needs to read nodes, pods, workloads and the namespace k8s-upgrade.'],
  target: [
    'version',
    'Exact version to go to, as `argo submit -p target=` takes it; otherwise the newest that policy allows.',
  ],
  nodes: ['names', 'The only nodes to do, separated by commas, as `-p nodes=` takes them.'],
  'ssh-key': ['file', 'Private key for the nodes. Without it nothing is looked at there, which is said.'],
  'known-hosts': ['file', 'Host keys of the nodes, where ssh.hostKeys is strict.'],
  'prometheus-url': ['url', 'The Prometheus of the cluster as it can be reached from here (kubectl port-forward).'],
  'alertmanager-url': ['url', 'The Alertmanager, likewise.'],
} as const;

const HELP = [
  'npm run plan -- --cluster <name> [--json] [--<flag> <value>]…',
  '',
  'What the next run would do: which version and why, what the gate and preflight find, the nodes in order, what is',
  'drained and what would block, how long it takes. It changes nothing. Progress goes to stderr.',
  '',
  ...Object.entries(FLAGS).flatMap(([flag, [value, doc]]) => [`  --${flag} <${value}>`, `      ${doc}`]),
  '  --json',
  '      For a program, on stdout.',
  '',
  'Exit codes: 0 clear, or nothing to do; 10 blocked; 11 held. Otherwise there is no plan: 2 wrong flags or settings,',
  '75 somebody did not answer, 77 something may not be read, 70 a bug, 143 told to end.',
  '',
].join('\n');

/** The exit code, once it has been said what there is to say. */
export async function plan(args: string[], env: Env, { out, err }: Streams, signal: AbortSignal): Promise<number> {
  try {
    const { json, help, ...flags } = read(args);
    if (help === true) return end(HELP, EXIT.Done, out);
    if (flags.cluster === undefined)
      return end(`--cluster: saw nothing, expected a name.\n\n${HELP}`, EXIT.BadInput, err);
    if (flags.kubeconfig !== undefined) process.env['KUBECONFIG'] = flags.kubeconfig;
    const reach = {
      ...{ sshKey: flags['ssh-key'], knownHosts: flags['known-hosts'] },
      ...{ prometheusUrl: flags['prometheus-url'], alertmanagerUrl: flags['alertmanager-url'] },
    };
    const paint = paintFor(process.stderr, env);
    const tools: Tools = {
      log: (line) => {
        err(`${paint('dim', printable(line))}\n`);
      },
      signal,
      sayAtEnd: () => undefined,
    };
    const settings = settingsFor(flags.cluster);
    const inputs = planInputs(settings, { REQUESTED_TARGET: flags.target, ONLY: flags.nodes }, reach);
    const report = await look(connectWorld(inputs, reach, tools), inputs, settings, tools);
    out(json === true ? `${JSON.stringify(toJson(report), null, 2)}\n` : show(report, paintFor(process.stdout, env)));
    return PLAN_EXIT[verdictOf(report)];
  } catch (error) {
    return endOf('plan', error, err);
  }
}

function read(args: string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      ...{ json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      ...{ cluster: text, kubeconfig: text, target: text, nodes: text, 'ssh-key': text, 'known-hosts': text },
      ...{ 'prometheus-url': text, 'alertmanager-url': text },
    },
    strict: true,
  });
  return values;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await asProgram(plan);

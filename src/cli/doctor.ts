// Whether everything that the pipeline needs is there and allowed: `npm run doctor -- --cluster prod`, `npm run doctor -- --help`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT } from '../contract/exit-code.ts';
import { doctor as step } from '../steps/catalog.ts';
import { decide } from '../steps/doctor/decide.ts';
import { observe, type DoctorWorld } from '../steps/doctor/observe.ts';
import { connectDoctor, type DoctorInputs } from '../steps/harness/connect-doctor.ts';
import type { Tools } from '../steps/harness/run-step.ts';
import { printable } from '../upgrade/printable.ts';
import { show } from './doctor/show.ts';
import { paintFor } from './paint.ts';
import { isInside } from './plan/world.ts';
import { asProgram, end, endOf, fileOf, type Streams } from './program.ts';
import { inputsOf, settingsFor, type Env } from './settings.ts';

/** Something is not well: what it is, and what to do, has been said. */
export const ILL = 10;

const HELP = `npm run doctor -- --cluster <name> [--json] [--<flag> <value>]…

Whether everything that the pipeline needs is there and allowed. It changes nothing, and sends nothing to anybody. Who asks
needs to create subjectaccessreviews and to read the Secret of the pipeline.

  --cluster <name>
      File in clusters/ (or a path) with the settings of the cluster.
  --kubeconfig <file>
      Instead of KUBECONFIG.
  --ssh-key <file>
      Private key for the nodes, instead of the one in the Secret.
  --known-hosts <file>
      Host keys of the nodes, instead of those in the Secret, where ssh.hostKeys is strict.
  --prometheus-url <url>
      The Prometheus of the cluster as it can be reached from here (kubectl port-forward).
  --pushgateway-url <url>
      The Pushgateway, likewise.
  --json
      For a program, on stdout.

Exit codes: 0 all that was looked at is well; ${ILL} something is missing, or cannot be seen. Otherwise there is no answer:
2 wrong flags or settings, 75 somebody did not answer, 77 something may not be read, 70 a bug.
`;

const text = { type: 'string' } as const;
const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  ...{ cluster: text, kubeconfig: text },
  ...{ 'ssh-key': text, 'known-hosts': text, 'prometheus-url': text, 'pushgateway-url': text },
} as const;

/** The exit code, once it has been said what there is to say. */
export async function doctor(args: string[], env: Env, { out, err }: Streams, signal: AbortSignal): Promise<number> {
  try {
    const { values: flags } = parseArgs({ args, options: OPTIONS, strict: true });
    if (flags.help === true) return end(HELP, EXIT.Done, out);
    if (flags.cluster === undefined)
      return end(`--cluster: saw nothing, expected a name.\n\n${HELP}`, EXIT.BadInput, err);
    if (flags.kubeconfig !== undefined) process.env['KUBECONFIG'] = flags.kubeconfig;
    const paint = paintFor(process.stderr, env);
    const log = (line: string): void => {
      err(`${paint('dim', printable(line))}\n`);
    };
    const inputs = inputsOf(step, settingsFor(flags.cluster), addressesIn(flags));
    const facts = await observe(connect(inputs, flags, { log, signal, sayAtEnd: () => undefined }), inputs);
    const { lines, health } = decide(facts, inputs);
    out(flags.json === true ? `${JSON.stringify(lines, null, 2)}\n` : show(lines, paintFor(process.stdout, env)));
    return health === 'ill' ? ILL : EXIT.Done;
  } catch (error) {
    return endOf('doctor', error, err);
  }
}

type Flags = Readonly<Partial<Record<'ssh-key' | 'known-hosts' | 'prometheus-url' | 'pushgateway-url', string>>>;

const addressesIn = (flags: Flags): Env =>
  Object.fromEntries(
    [
      ['PROMETHEUS_URL', flags['prometheus-url']] as const,
      ['PUSHGATEWAY_URL', flags['pushgateway-url']] as const,
    ].filter(([, url]) => url !== undefined),
  );

/** As from a pod, but for keys that come from files, and for what only a pod can reach. */
function connect(inputs: DoctorInputs, flags: Flags, tools: Tools): DoctorWorld {
  const { logins, ...connected } = connectDoctor(inputs, tools);
  const [key, known] = [flags['ssh-key'], flags['known-hosts']];
  const given = [
    ...(key === undefined ? [] : [['ssh_key', fileOf('--ssh-key', key)] as const]),
    ...(known === undefined ? [] : [['ssh_known_hosts', fileOf('--known-hosts', known)] as const]),
  ];
  return {
    ...connected,
    logins: (secret) => logins(new Map([...(secret ?? []), ...given]), known),
    ...(isInside(inputs.prometheusUrl) ? { prometheus: 'not-reached' as const } : {}),
    ...(isInside(inputs.pushgatewayUrl) ? { pushgateway: 'not-reached' as const } : {}),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await asProgram(doctor);

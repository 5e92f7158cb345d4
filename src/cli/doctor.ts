// Checks that everything that the pipeline needs is there and allowed: `npm run doctor -- --cluster prod`, `npm run doctor -- --help`.
import { parse, type Values } from '../command-line/command.ts';
import { DOCTOR } from '../command-line/commands.ts';
import { EXIT } from '../contract/exit-code.ts';
import { doctor as step } from '../steps/doctor/contract.ts';
import { decide } from '../steps/doctor/decide.ts';
import { observe, type DoctorClients } from '../steps/doctor/observe.ts';
import { connectDoctor, type DoctorInputs } from '../steps/wiring/doctor.ts';
import type { Tools } from '../steps/runtime/run-step.ts';
import { choose, connectionJson, connectionLine, connectionTo } from './connection.ts';
import { doctorText } from './doctor/text.ts';
import { printable } from '../text/printable.ts';
import { paintFor } from './paint.ts';
import { isClusterAddress } from './plan/clients.ts';
import type { Streams } from '../command-line/program.ts';
import { end, endOf, fileOf } from './program.ts';
import { inputsOf, settingsFor, type Env } from './settings.ts';

/** Exit code when a check failed. */
export const PROBLEMS_EXIT = 10;

/** Prints the checks, or why there are none, and returns the exit code. */
export async function doctor(args: string[], env: Env, streams: Streams, signal: AbortSignal): Promise<number> {
  const { out, err } = streams;
  const parsed = parse(DOCTOR, args);
  if ('says' in parsed) return end(parsed.says, parsed.exitCode, parsed.exitCode === EXIT.Done ? out : err);
  try {
    return await examine(parsed.values, env, streams, signal);
  } catch (error) {
    return endOf('doctor', error, err);
  }
}

async function examine(
  flags: Values<typeof DOCTOR>,
  env: Env,
  { out, err }: Streams,
  signal: AbortSignal,
): Promise<number> {
  choose(flags);
  const paint = paintFor(process.stderr, env);
  const log = (line: string): void => {
    err(`${paint('dim', printable(line))}\n`);
  };
  const settings = settingsFor(flags.cluster);
  const inputs = inputsOf(step, settings, addressesIn(flags));
  const connection = await connectionTo(settings.name, { log, signal });
  const facts = await observe(connect(inputs, flags, { log, signal, describeOnStop: () => undefined }), inputs);
  const { lines, health } = decide(facts, inputs);
  const json = { cluster: settings.name, connection: connectionJson(connection), lines };
  const text = `${connectionLine(settings.name, connection)}\n${doctorText(lines, paintFor(process.stdout, env))}`;
  out(flags.json === true ? `${JSON.stringify(json, null, 2)}\n` : text);
  return health === 'ill' ? PROBLEMS_EXIT : EXIT.Done;
}

type Flags = Readonly<Partial<Record<'ssh-key' | 'known-hosts' | 'prometheus-url' | 'pushgateway-url', string>>>;

const addressesIn = (flags: Flags): Env =>
  Object.fromEntries(
    [
      ['PROMETHEUS_URL', flags['prometheus-url']] as const,
      ['PUSHGATEWAY_URL', flags['pushgateway-url']] as const,
    ].filter(([, url]) => url !== undefined),
  );

/** Connects as a pod does. Keys come from files, and addresses inside the cluster are not checked. */
function connect(inputs: DoctorInputs, flags: Flags, tools: Tools): DoctorClients {
  const { logins, ...connected } = connectDoctor(inputs, tools);
  const [key, known] = [flags['ssh-key'], flags['known-hosts']];
  const given = [
    ...(key === undefined ? [] : [['ssh_key', fileOf('--ssh-key', key)] as const]),
    ...(known === undefined ? [] : [['ssh_known_hosts', fileOf('--known-hosts', known)] as const]),
  ];
  return {
    ...connected,
    logins: (secret) => logins(new Map([...(secret ?? []), ...given]), known),
    ...(isClusterAddress(inputs.prometheusUrl) ? { prometheus: 'not-reached' as const } : {}),
    ...(isClusterAddress(inputs.pushgatewayUrl) ? { pushgateway: 'not-reached' as const } : {}),
  };
}

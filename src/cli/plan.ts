// Shows what the next run would do, without any change: `npm run plan -- --cluster prod`, `npm run plan -- --help`.
import { parse, type Values } from '../command-line/command.ts';
import { PLAN } from '../command-line/commands.ts';
import { EXIT } from '../contract/exit-code.ts';
import type { Tools } from '../steps/runtime/run-step.ts';
import { choose, connectionJson, connectionLine, connectionTo } from './connection.ts';
import type { Streams } from '../command-line/program.ts';
import { end, endOf } from './program.ts';
import { printable } from '../text/printable.ts';
import { paintFor } from './paint.ts';
import { toJson } from './plan/json.ts';
import { collectPlan } from './plan/collect.ts';
import { PLAN_EXIT, verdictOf } from './plan/report.ts';
import { planText } from './plan/text.ts';
import { loginList } from '../synth/servers.ts';
import { connectPlan, planInputs } from './plan/clients.ts';
import { settingsFor, type Env } from './settings.ts';

/** Prints the plan, or why there is none, and returns the exit code. */
export async function plan(args: string[], env: Env, streams: Streams, signal: AbortSignal): Promise<number> {
  const { out, err } = streams;
  const parsed = parse(PLAN, args);
  if ('says' in parsed) return end(parsed.says, parsed.exitCode, parsed.exitCode === EXIT.Done ? out : err);
  try {
    return await planFor(parsed.values, env, streams, signal);
  } catch (error) {
    return endOf('plan', error, err);
  }
}

async function planFor(
  flags: Values<typeof PLAN>,
  env: Env,
  { out, err }: Streams,
  signal: AbortSignal,
): Promise<number> {
  choose(flags);
  const access = {
    sshKey: flags['ssh-key'],
    knownHosts: flags['known-hosts'],
    prometheusUrl: flags['prometheus-url'],
    alertmanagerUrl: flags['alertmanager-url'],
  };
  const paint = paintFor(process.stderr, env);
  const tools: Tools = {
    log: (line) => {
      err(`${paint('dim', printable(line))}\n`);
    },
    signal,
    describeOnStop: () => undefined,
  };
  const settings = settingsFor(flags.cluster);
  process.env['SERVER_LOGINS'] = loginList(settings).join(',');
  const inputs = planInputs(settings, { REQUESTED_TARGET: flags.target, ONLY: flags.nodes }, access);
  const connection = await connectionTo(settings.name, tools);
  const report = await collectPlan({ clients: connectPlan(inputs, access, tools), inputs, settings, tools });
  const json = { ...toJson(report), connection: connectionJson(connection) };
  const text = `${connectionLine(settings.name, connection)}\n${planText(report, paintFor(process.stdout, env))}`;
  out(flags.json === true ? `${JSON.stringify(json, null, 2)}\n` : text);
  return PLAN_EXIT[verdictOf(report)];
}

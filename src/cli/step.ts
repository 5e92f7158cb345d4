// Runs one step against the cluster of KUBECONFIG: `npm run step -- detect --target 1.34.10`, `npm run step -- detect --help`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BY_HAND, envFromSettings, settingsFor, type Env } from './settings.ts';
import { SettingsError } from '../cluster/load.ts';
import { parse, type Command, type Option } from '../command-line/command.ts';
import { STEP_OPTIONS } from '../command-line/commands.ts';
import { EXIT } from '../contract/exit-code.ts';
import type { Param } from '../contract/param.ts';
import { runContext } from '../contract/run-context.ts';
import { envName, outputPath, type Params, type StepContract } from '../contract/step-contract.ts';
import { STEPS } from '../steps/catalog.ts';
import { redact, redactValue } from '../text/redact.ts';

interface Invocation {
  readonly step: StepContract;
  readonly env: Env;
  readonly cluster: string | undefined;
}

/** The step to run; or what to print instead, with the exit code. */
export type ParsedInvocation = Invocation | { readonly says: string; readonly exitCode: number };

/** Options win over the environment, and the environment wins over the settings of the cluster. */
export function parseInvocation(args: readonly string[], env: Env): ParsedInvocation {
  const [name = '--help', ...rest] = args;
  const step = STEPS.find((each) => each.name === name);
  if (step === undefined) {
    const unknown = name === '--help' || name === '-h' ? '' : `There is no step ${redactValue(name)}.\n\n`;
    return { says: unknown + listOfSteps(), exitCode: unknown === '' ? EXIT.Done : EXIT.BadInput };
  }
  try {
    const command = commandOf(step, rest);
    const parsed = parse(command, rest);
    if ('says' in parsed) return parsed;
    const { inputs, others } = sorted(step, parsed.values);
    const outside = { KUBECONFIG: others['kubeconfig'], SSH_KEY_DIR: others['ssh-key-dir'] };
    const chosen = given({ ...outside, KUBE_CONTEXT: others['context'] });
    const settings = settingsFor(others['cluster']);
    return {
      step,
      env: { ...BY_HAND, ...envFromSettings(step, settings), ...env, ...chosen, ...inputs },
      cluster: others['cluster'] === undefined ? undefined : settings.name,
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { says: `${redact(error.message)}\n`, exitCode: EXIT.BadInput };
  }
}

const defaultsOf = (step: StepContract, cluster: string | undefined): Env => ({
  ...BY_HAND,
  ...envFromSettings(step, settingsFor(cluster)),
});

/** Option to variable. An operator calls the target of detect `--target`, too. */
function inputsOf(step: StepContract): ReadonlyMap<string, string> {
  const params = new Map(Object.keys(paramsOf(step)).map((param) => [flagName(param), envName(param)]));
  const requested = params.get('requested-target');
  return requested === undefined || params.has('target') ? params : new Map([...params, ['target', requested]]);
}

function commandOf(step: StepContract, args: readonly string[]): Command {
  const wantsHelp = args.includes('--help') || args.includes('-h');
  const defaults = wantsHelp ? defaultsOf(step, clusterIn(args)) : {};
  const inputs = Object.entries(paramsOf(step)).map(([name, param]) => [
    flagName(name),
    describeInput(name, param, defaults),
  ]);
  const alias = inputsOf(step).has('target') && !('target' in step.inputs);
  return {
    run: `npm run step -- ${step.name}`,
    does: `${step.summary}\nAn option of an input wins over its environment variable, and that wins over the settings.`,
    options: {
      ...(Object.fromEntries(inputs) as Record<string, Option>),
      ...(alias ? { target: { value: 'version', doc: 'Another name of --requested-target.' } } : {}),
      ...STEP_OPTIONS,
    },
    exitCodes:
      'Exit codes: those of the step: 0 done; 2 wrong inputs, settings or kubeconfig; 70 a bug; 75 try again; 77 refused; 78 halted by the kill switch.',
  };
}

/** Help shows the defaults of a cluster that is named. */
function clusterIn(args: readonly string[]): string | undefined {
  const at = args.indexOf('--cluster');
  return at < 0 ? undefined : args[at + 1];
}

function sorted(step: StepContract, values: Readonly<Record<string, string | boolean | undefined>>) {
  const params = inputsOf(step);
  const texts = Object.entries(values).map(([flag, value]) => [flag, String(value)] as const);
  return {
    inputs: Object.fromEntries(
      texts.flatMap(([flag, value]) => (params.has(flag) ? [[params.get(flag), value]] : [])),
    ) as Env,
    others: Object.fromEntries(texts.filter(([flag]) => !params.has(flag))) as Env,
  };
}

const paramsOf = (step: StepContract): Params => ({ ...step.inputs, ...runContext });
const flagName = (param: string): string => param.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const given = (env: Env): Env => Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));

const listOfSteps = (): string =>
  [
    'npm run step -- <step> [--help] [--<input> <value>]…',
    '',
    ...STEPS.map((step) => `  ${step.name.padEnd(14)} ${step.summary}`),
    '',
  ].join('\n');

function describeInput(name: string, param: Param<unknown>, defaults: Env): Option {
  const value = defaults[envName(name)];
  const fallback = value === undefined || value === '' ? '' : ` Default: ${value}`;
  return {
    value: param.choices?.join('|') ?? `such as ${param.example}`,
    mayBeEmpty: true,
    doc: `${param.doc} Variable ${envName(name)}.${fallback}`,
  };
}

/** Runs the step, prints its outputs, and returns its exit code. */
async function runByHand({ step, env }: Invocation): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), `${step.name}-`));
  const outputDir = join(dir, 'outputs');
  try {
    // As the image has it, and because ssh2 has no named exports for a module that is not bundled.
    const { bundle } = await import('./bundle-steps.ts');
    await bundle([step.name], dir);
    const program = join(dir, `${step.name}.cjs`);
    const child = spawn(process.execPath, [program], { env: { ...env, OUTPUT_DIR: outputDir }, stdio: 'inherit' });
    // Ctrl-C reaches the step by itself; it is the step that decides when to end.
    process.on('SIGINT', () => undefined);
    const exitCode = await new Promise<number>((done, failed) => {
      child.on('error', failed);
      child.on('exit', (code) => {
        done(code ?? EXIT.Bug);
      });
    });
    process.stdout.write(outputsIn(outputDir, step));
    return exitCode;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function outputsIn(dir: string, step: StepContract): string {
  const written = Object.keys(step.outputs).filter((name) => existsSync(outputPath(name, dir)));
  const lines = written.map((name) => `${name}: ${readFileSync(outputPath(name, dir), 'utf8')}`);
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

/** Returns why the step cannot start; undefined when it can. Without this check, a step would give a verdict about a missing cluster. */
async function connectionProblem({
  step,
  env,
  cluster,
}: Invocation): Promise<{ says: string; exitCode: number } | undefined> {
  if (step.access.length === 0) return undefined;
  // Loaded this late since the client of Kubernetes takes a second to load, and --help does not need it.
  const [{ findConfig }, { connectionLine, connectionTo }, { StepError }] = await Promise.all([
    import('../steps/adapters/kubernetes/kubeconfig.ts'),
    import('./connection.ts'),
    import('../steps/runtime/step-error.ts'),
  ]);
  try {
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const { signal } = new AbortController();
    const identity = await connectionTo(cluster, { log, signal }, { config: findConfig(env) });
    log(connectionLine(cluster ?? 'default settings', identity));
    return undefined;
  } catch (error) {
    if (error instanceof StepError) return { says: `${step.name}: ${error.message}\n`, exitCode: error.exitCode };
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const understood = parseInvocation(process.argv.slice(2), process.env);
  const instead = 'says' in understood ? understood : await connectionProblem(understood);
  if (instead !== undefined) {
    (instead.exitCode === 0 ? process.stdout : process.stderr).write(instead.says);
    process.exitCode = instead.exitCode;
  } else if ('step' in understood) process.exitCode = await runByHand(understood);
}

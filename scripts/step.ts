// Runs one step by hand, against the cluster of KUBECONFIG: `npm run step -- detect --target 1.34.10`, `npm run step -- detect --help`.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BY_HAND, envFromSettings, settingsFor, type Env } from '../src/cli/settings.ts';
import { SettingsError } from '../src/cluster/load.ts';
import { EXIT } from '../src/contract/exit-code.ts';
import type { Param } from '../src/contract/param.ts';
import { runContext } from '../src/contract/run-context.ts';
import { envName, outputPath, SSH_KEY_DIR, type Params, type StepContract } from '../src/contract/step-contract.ts';
import { STEPS } from '../src/steps/catalog.ts';
import { bundle } from './bundle.ts';
import { redact, redactValue } from '../src/upgrade/redact.ts';

/** Flags that are no input of the step. */
const ELSEWHERE = {
  cluster: 'Name of a file in clusters/ (or a path) whose settings are the defaults; without it, those of the schema.',
  kubeconfig: 'Instead of KUBECONFIG.',
  'ssh-key-dir': `Folder with ssh_key and ssh_known_hosts, instead of SSH_KEY_DIR or ${SSH_KEY_DIR}.`,
} as const;

export interface Invocation {
  readonly step: StepContract;
  readonly env: Env;
}

/** What to run; or what to print instead, and how to exit. */
export type Understood = Invocation | { readonly says: string; readonly exitCode: number };

/** Flags win over the environment, that over the cluster's settings. */
export function understand(args: readonly string[], env: Env): Understood {
  const [name = '--help', ...rest] = args;
  const step = STEPS.find((each) => each.name === name);
  if (step === undefined) {
    const unknown = name === '--help' || name === '-h' ? '' : `There is no step ${redactValue(name)}.\n\n`;
    return { says: unknown + listOfSteps(), exitCode: unknown === '' ? EXIT.Done : EXIT.BadInput };
  }
  try {
    const { inputs, others, help } = flagsOf(step, rest);
    const defaults = { ...BY_HAND, ...envFromSettings(step, settingsFor(others['cluster'])) };
    if (help) return { says: usage(step, defaults), exitCode: EXIT.Done };
    const outside = { KUBECONFIG: others['kubeconfig'], SSH_KEY_DIR: others['ssh-key-dir'] };
    return { step, env: { ...defaults, ...env, ...given(outside), ...inputs } };
  } catch (error) {
    if (!(error instanceof SettingsError) && !isMisuse(error)) throw error;
    return {
      says: `${redact(error.message)}\nnpm run step -- ${name} --help lists what there is.\n`,
      exitCode: EXIT.BadInput,
    };
  }
}

function flagsOf(step: StepContract, args: string[]): { inputs: Env; others: Env; help: boolean } {
  const params = new Map(Object.keys(paramsOf(step)).map((param) => [flagName(param), envName(param)]));
  // What an operator calls the target is one to detect only when somebody asks for it.
  const requested = params.get('requested-target');
  if (requested !== undefined && !params.has('target')) params.set('target', requested);
  const names = [...params.keys(), ...Object.keys(ELSEWHERE)];
  const text = { type: 'string' } as const;
  const options = {
    help: { type: 'boolean', short: 'h' },
    ...Object.fromEntries(names.map((name) => [name, text])),
  } as const;
  const { values } = parseArgs({ args, options, strict: true, allowPositionals: false });
  const { help, ...texts } = values as { help?: boolean } & Record<string, string | undefined>;
  const found = Object.entries(texts);
  return {
    inputs: Object.fromEntries(
      found.flatMap(([flag, value]) => (params.has(flag) ? [[params.get(flag) ?? '', value]] : [])),
    ),
    others: Object.fromEntries(found.filter(([flag]) => !params.has(flag))),
    help: help ?? false,
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

function usage(step: StepContract, defaults: Env): string {
  const inputs = Object.entries(paramsOf(step)).flatMap(([name, param]) => describeInput(name, param, defaults));
  const others = Object.entries(ELSEWHERE).flatMap(([flag, doc]) => [`  --${flag} <text>`, `      ${doc}`]);
  const alias =
    'requestedTarget' in step.inputs && !('target' in step.inputs)
      ? ['  --target <version>', '      The same as --requested-target.']
      : [];
  return [
    `${step.name}: ${step.summary}`,
    '',
    'Inputs, each also an environment variable:',
    ...inputs,
    ...alias,
    '',
    'And:',
    ...others,
    '',
  ].join('\n');
}

function describeInput(name: string, param: Param<unknown>, defaults: Env): string[] {
  const value = defaults[envName(name)];
  const form = param.choices?.join('|') ?? `such as ${param.example}`;
  const fallback = value === undefined || value === '' ? '' : ` Default: ${value}`;
  return [`  --${flagName(name)} <${form}>   ${envName(name)}`, `      ${param.doc}${fallback}`];
}

/** The exit code of the step, once it has ended; its outputs are printed. */
export async function runByHand({ step, env }: Invocation): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), `${step.name}-`));
  const outputDir = join(dir, 'outputs');
  try {
    // As the image has it, and because ssh2 has no named exports for a module that is not bundled.
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

/** An option that there is not, as `parseArgs` tells it. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const understood = understand(process.argv.slice(2), process.env);
  if ('says' in understood) {
    (understood.exitCode === 0 ? process.stdout : process.stderr).write(understood.says);
    process.exitCode = understood.exitCode;
  } else process.exitCode = await runByHand(understood);
}

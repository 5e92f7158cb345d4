import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nearest } from '../cluster/nearest.ts';
import { EXIT } from '../contract/exit-code.ts';
import { redactValue } from '../text/redact.ts';

export interface Option {
  /** What the option takes, such as `file`; an option without it is on or off. */
  readonly value?: string;
  /** Whether an empty text is a value. */
  readonly mayBeEmpty?: boolean;
  readonly doc: string;
}

/** What can be typed, and what --help prints. This module and everything that it imports load within milliseconds. */
export interface Command {
  /** How the command is started, such as `npm run plan --`. */
  readonly run: string;
  readonly does: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Options without which the command is refused. */
  readonly required?: readonly string[];
  readonly exitCodes?: string;
}

export type Values<C extends Command> = {
  readonly [K in keyof C['options']]?: C['options'][K] extends { readonly value: string } ? string : boolean;
};

/** What to print instead of running the command, and how to exit. */
export interface Said {
  readonly says: string;
  readonly exitCode: number;
}

export type Parsed<C extends Command> = Said | { readonly values: Values<C> };

/** Reads the arguments of a command; or says what is wrong with them, or what --help and --version ask for. */
export function parse<C extends Command>(command: C, args: readonly string[]): Parsed<C> {
  if (args.includes('--help') || args.includes('-h')) return { says: helpOf(command), exitCode: EXIT.Done };
  if (args.includes('--version') && !('version' in command.options))
    return { says: `${version()}\n`, exitCode: EXIT.Done };
  const wrong = problemsOf(command, args);
  if (wrong.length > 0) return misuse(command, wrong);
  const { values } = parseArgs({ args: [...args], options: optionsOf(command), strict: false });
  return { values: values as Values<C> };
}

const misuse = (command: Command, problems: readonly string[]): Said => ({
  says: `${problems.join('\n')}\n${usageOf(command)}\n${command.run} --help explains them.\n`,
  exitCode: EXIT.BadInput,
});

const optionsOf = ({ options }: Command) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]),
  ) as Record<string, { type: 'boolean' | 'string' }>;

function problemsOf(command: Command, args: readonly string[]): string[] {
  const { tokens } = parseArgs({
    args: [...args],
    options: optionsOf(command),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  // The word behind an option that there is not was meant as its value.
  const unknown = tokens.some((token) => token.kind === 'option' && !Object.hasOwn(command.options, token.name));
  const missing = (command.required ?? []).filter((name) => !given.includes(name));
  return [
    ...tokens.flatMap((token) => {
      switch (token.kind) {
        case 'option':
          return optionProblems(command, token);
        case 'positional':
          return unknown ? [] : [`${redactValue(token.value)}: saw a word, expected an option`];
        case 'option-terminator':
          return [];
      }
    }),
    ...missing.map((name) => `--${name}: saw nothing, expected <${command.options[name]?.value ?? 'value'}>`),
  ];
}

interface Token {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionProblems(command: Command, { name, rawName, value, inlineValue }: Token): string[] {
  const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
  if (option === undefined) {
    const near = nearest(name, Object.keys(command.options));
    return [`${redactValue(rawName)}: not an option${near === undefined ? '' : `; did you mean --${near}?`}`];
  }
  if (option.value === undefined) return value === undefined ? [] : [`--${name}: saw a value, expected none`];
  // Also what looks like the next option: in `--cluster --json` the name is missing.
  const isNothing = value === undefined || (inlineValue !== true && value.startsWith('-'));
  if (isNothing || (value === '' && option.mayBeEmpty !== true))
    return [`--${name}: saw nothing, expected <${option.value}>`];
  return [];
}

const MOST_IN_USAGE = 12;

function usageOf({ run, options, required = [] }: Command): string {
  if (Object.keys(options).length > MOST_IN_USAGE) return `${run} [--<option> <value>]…`;
  const words = Object.entries(options).map(([name, { value }]) => {
    const word = value === undefined ? `--${name}` : `--${name} <${value}>`;
    return required.includes(name) ? word : `[${word}]`;
  });
  return [run, ...words].join(' ');
}

const COMMON: Readonly<Record<string, Option>> = {
  help: { doc: 'Prints this text.' },
  version: { doc: 'Prints the version of argo-kubeadm-upgrade.' },
};

function helpOf(command: Command): string {
  const { does, options, exitCodes = 'Exit codes: 0 done; 2 wrong options or settings; 70 a bug.' } = command;
  const lines = Object.entries({ ...options, ...COMMON }).flatMap(([name, { value, doc }]) => [
    `  --${name}${value === undefined ? '' : ` <${value}>`}`,
    ...doc.split('\n').map((line) => `      ${line}`),
  ]);
  return [usageOf(command), '', does, '', ...lines, '', exitCodes, ''].join('\n');
}

export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

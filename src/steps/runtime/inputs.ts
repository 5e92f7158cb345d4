import type { Param } from '../../contract/param.ts';
import { envName, type Params, type ValuesOf } from '../../contract/step-contract.ts';
import { redactValue } from '../../text/redact.ts';
import { badInput } from './step-error.ts';

/** Reads a step's inputs from environment variables; throws one error that names every one that is wrong. */
export function readInputs<P extends Params>(
  params: P,
  env: Readonly<Record<string, string | undefined>>,
): ValuesOf<P> {
  const problems: string[] = [];
  const values = Object.entries(params).map(([name, param]) => [name, readInput(name, param, env, problems)]);
  if (problems.length > 0) throw badInput(problems.join('\n'));
  return Object.fromEntries(values) as ValuesOf<P>;
}

function readInput(
  name: string,
  param: Param<unknown>,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): unknown {
  const variable = envName(name);
  const seen = env[variable];
  try {
    return param.parse(seen ?? '');
  } catch (error) {
    const expected = error instanceof Error ? error.message : String(error);
    problems.push(`${variable}: saw ${seen === undefined ? 'nothing' : shown(seen)}, expected ${expected}`);
    return undefined;
  }
}

const MOST_CHARACTERS = 200;

/** One long value must not push the other problems out of the message, and no secret may stand in it. */
function shown(seen: string): string {
  const text = redactValue(seen);
  return text.length <= MOST_CHARACTERS ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, MOST_CHARACTERS))}…`;
}

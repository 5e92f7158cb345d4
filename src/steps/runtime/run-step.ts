import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { EXIT, KILLED } from '../../contract/exit-code.ts';
import type { Param } from '../../contract/param.ts';
import { contextOf, type RunContext } from '../../contract/run-context.ts';
import {
  DEFAULT_OUTPUT_DIR,
  outputPath,
  type Params,
  type StepContract,
  type ValuesOf,
} from '../../contract/step-contract.ts';
import { boundedBytes } from '../../text/bounded.ts';
import { inert } from '../../text/inert.ts';
import { printable } from '../../text/printable.ts';
import { redact } from '../../text/redact.ts';
import type { Log } from '../ports/log.ts';
import { readInputs } from './inputs.ts';
import { refused, StepError } from './step-error.ts';

export interface Tools {
  readonly log: Log;
  /** Aborted when the pod receives SIGTERM. */
  readonly signal: AbortSignal;
  /** Registers a sentence for the message after SIGTERM: what still runs on a node. `say` is called at that moment; empty: nothing. */
  readonly describeOnStop: (say: () => string) => void;
}

/** Time for what a step still restores after SIGTERM. */
const LONGEST_END_MS = 5000;

type Describe = () => string;

/** What a step says about its result beside its outputs. */
interface ResultMessages<R> {
  /** Refuses the step although its outputs are written, for a result that must not count as a success. */
  readonly refusal?: (result: R) => string | undefined;
  /** The termination message of a success. */
  readonly success?: (result: R) => string | undefined;
}

type Body<I extends Params, R> = (inputs: ValuesOf<I> & RunContext, tools: Tools) => Promise<R>;

/** Runs a step: reads its inputs, writes its outputs, and ends the process with an exit code. */
export async function runStep<I extends Params, O extends Params, R extends ValuesOf<O>>(
  contract: StepContract<I, O>,
  body: Body<I, R>,
  messages: ResultMessages<R> = {},
): Promise<void> {
  const log: Log = (line) => {
    process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${printable(redact(line))}\n`);
  };
  const ending = new AbortController();
  const descriptions: Describe[] = [];
  const describeOnStop = (say: Describe): void => void descriptions.push(say);
  const ended = (): string =>
    [`${contract.name}: stopped before it finished.`, ...descriptions.map((say) => say())].join(' ').trim();
  const stopped = endOnSignal(ending, log, ended);
  const tools = { log, signal: ending.signal, describeOnStop };
  process.exitCode = await Promise.race([stopped, attempt(contract, body, { ...messages, ended }, tools)]);
  process.exit();
}

async function attempt<I extends Params, O extends Params, R extends ValuesOf<O>>(
  contract: StepContract<I, O>,
  body: Body<I, R>,
  { refusal, success, ended }: ResultMessages<R> & { readonly ended: Describe },
  tools: Tools,
): Promise<number> {
  const { log, signal } = tools;
  try {
    const inputs = readInputs({ ...contextOf(contract), ...contract.inputs }, process.env) as ValuesOf<I> & RunContext;
    const outputs = await body(inputs, tools);
    writeOutputs(contract.outputs, outputs, process.env['OUTPUT_DIR'] ?? DEFAULT_OUTPUT_DIR);
    const refusalText = refusal?.(outputs);
    if (refusalText !== undefined) throw refused(refusalText);
    const successText = success?.(outputs);
    if (successText !== undefined || signal.aborted)
      leaveMessage(successText === undefined ? '' : `${contract.name}: ${successText}`);
    return EXIT.Done;
  } catch (error) {
    const message = signal.aborted ? ended() : tell(contract.name, error);
    log(message);
    leaveMessage(message);
    // A step that SIGTERM stopped did not fail by itself, whatever it threw afterwards.
    if (signal.aborted) return KILLED.sigterm;
    return error instanceof StepError ? error.exitCode : EXIT.Bug;
  }
}

function writeOutputs<O extends Params>(params: O, outputs: ValuesOf<O>, dir: string): void {
  // All or none: nothing is written before everything could be.
  const texts = outputTexts(params, outputs);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of texts) writeFileSync(outputPath(name, dir), text);
}

/** Name and text of every output, as Argo receives it. */
export function outputTexts<O extends Params>(params: O, outputs: ValuesOf<O>): (readonly [string, string])[] {
  const all = Object.entries(params) as [keyof O & string, Param<unknown>][];
  return all.map(([name, param]) => [name, inert(param.format(outputs[name]))] as const);
}

/** https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
const MOST_MESSAGE_BYTES = 4096;

/** Leaves the termination message of the pod. Argo shows it beside the exit code. */
function leaveMessage(message: string): void {
  const file = process.env['TERMINATION_LOG'] ?? '/dev/termination-log';
  try {
    // Outside a pod there is no such file and no reader.
    if (existsSync(file)) writeFileSync(file, boundedBytes(inert(redact(message)), MOST_MESSAGE_BYTES));
  } catch {
    // The log has it; how the step ended must not depend on this.
  }
}

/** Resolves with the exit code of a killed container, a few seconds after the first SIGTERM or SIGINT. */
function endOnSignal(ending: AbortController, log: Log, ended: Describe): Promise<number> {
  return new Promise((resolve) => {
    const end = (): void => {
      log(
        'The pod is stopping: the step begins no further change. A command that already runs on a node continues there.',
      );
      leaveMessage(ended());
      ending.abort();
      setTimeout(() => {
        resolve(KILLED.sigterm);
      }, LONGEST_END_MS);
    };
    process.once('SIGTERM', end);
    process.once('SIGINT', end);
  });
}

function tell(step: string, error: unknown): string {
  if (error instanceof StepError) return `${step}: ${error.message}`;
  return `${step}: this is a bug in argo-kubeadm-upgrade: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

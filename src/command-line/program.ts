import { KILLED } from '../contract/exit-code.ts';

type Say = (text: string) => void;
export interface Streams {
  readonly out: Say;
  readonly err: Say;
}

type Program = (streams: Streams, signal: AbortSignal) => Promise<number>;

/** For what a command still says after Ctrl-C. It changes nothing, so nothing has to be put back. */
const GRACE_MS = 500;

/**
 * Runs a command, then ends the process: a connection that is still being made must not keep it. `asksOthers`: SIGINT and
 * SIGTERM end what the command asks, and after half a second the command. Without it they end the process at once.
 */
export async function runProgram(program: Program, { asksOthers }: { readonly asksOthers: boolean }): Promise<never> {
  const ending = new AbortController();
  const told = new Promise<number>((resolve) => {
    for (const signal of asksOthers ? (['SIGINT', 'SIGTERM'] as const) : [])
      process.once(signal, () => {
        ending.abort();
        setTimeout(() => {
          resolve(KILLED.sigterm);
        }, GRACE_MS);
      });
  });
  const streams: Streams = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
  const ended = program(streams, ending.signal).then((code) => (ending.signal.aborted ? KILLED.sigterm : code));
  const exitCode = await Promise.race([told, ended]);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(exitCode);
}

/** A pipe takes what is written to it a piece at a time, and `process.exit` would cut it. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });

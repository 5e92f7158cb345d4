import { execFile, type ExecFileException } from 'node:child_process';
import { join, resolve } from 'node:path';

export const REPO = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this repository (paths from its root) and answers how it ended; never throws for an exit code. */
export function run(file: string, args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((settle) => {
    const program = file.includes('/') ? join(REPO, file) : file;
    const child = execFile(program, args, { cwd: REPO, maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
      settle({ exitCode: exitCodeOf(error), stdout, stderr });
    });
    // One that ends without reading what it is given (EPIPE) says by its exit code whether that was right.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Like {@link run}; throws with the program's own words when it fails. */
export async function must(file: string, args: readonly string[], input = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await run(file, args, input);
  if (exitCode !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Runs a program of this host in the lab's network, as cluster admin. */
export const inLab = (...words: readonly string[]): Promise<string> => must('lab/in-lab.sh', words);
export const tryInLab = (...words: readonly string[]): Promise<Ended> => run('lab/in-lab.sh', words);
export const kubectl = (...args: readonly string[]): Promise<string> => inLab('kubectl', ...args);
export const tryKubectl = (...args: readonly string[]): Promise<Ended> => tryInLab('kubectl', ...args);
export const argo = (...args: readonly string[]): Promise<string> => inLab('argo', ...args);
export const bash = (script: string): Promise<string> => inLab('bash', '-c', script);
export const onNode = (node: string, script: string): Promise<string> =>
  must('lab/on-node.sh', [node, 'sh', '-c', script]);
export const overSsh = (node: string, script: string): Promise<string> => must('lab/ssh.sh', [node, script]);

export async function get<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl('get', ...args, '-o', 'json')) as T;
}

/** Applies objects as cluster admin. */
export async function apply(...objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await must('lab/in-lab.sh', ['kubectl', 'apply', '-f', '-'], JSON.stringify(list));
}

/** Deletes an object that may be gone already. */
export async function remove(...words: readonly string[]): Promise<void> {
  await tryKubectl('delete', '--ignore-not-found', '--wait=true', '--timeout=60s', ...words);
}

export const sleep = (seconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, seconds * 1000));

/**
 * Asks until the answer is the expected one, or satisfies the condition. An API server that is away is asked again. Throws with
 * the last answer.
 */
export async function until<T>(
  what: string,
  limitSeconds: number,
  ask: () => Promise<T>,
  expected: string | ((answer: T) => boolean) = () => true,
): Promise<T> {
  const satisfied = typeof expected === 'string' ? (answer: T): boolean => answer === expected : expected;
  const end = Date.now() + limitSeconds * 1000;
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as Error);
    if (!(answer instanceof Error) && satisfied(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${limitSeconds} s; last seen: ${describe(answer)}`);
    await sleep(2);
  }
}

const describe = (answer: unknown): string =>
  (answer instanceof Error ? answer.message : JSON.stringify(answer)).slice(0, 2000);

function exitCodeOf(error: ExecFileException | null): number {
  if (error === null) return 0;
  return typeof error.code === 'number' ? error.code : 1;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { must, REPO, sleep } from './commands.ts';

/** A program of this host in the lab's network, for as long as the campaign needs it. */
export class Daemon {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and waits until `url` answers anything at all; by whose certificate is not asked. */
  static async start(command: readonly string[], url: string): Promise<Daemon> {
    const daemon = new Daemon(spawn(join(REPO, 'lab/in-lab.sh'), [...command], { stdio: 'ignore' }));
    for (let attempt = 0; attempt < 60; attempt++) {
      if (await answers(url)) return daemon;
      await sleep(0.5);
    }
    await daemon.stop();
    throw new Error(`${command.join(' ')} does not answer at ${url}`);
  }

  /** Ends it and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const answers = (url: string): Promise<boolean> =>
  must('lab/in-lab.sh', ['curl', '-sk', '-o', '/dev/null', '--max-time', '2', url]).then(
    () => true,
    () => false,
  );

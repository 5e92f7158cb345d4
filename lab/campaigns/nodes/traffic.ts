import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO, run, sleep, until } from '../../kit/commands.ts';
import { Daemon } from '../../kit/daemon.ts';
import { NODE_PORT } from '../../kit/workloads.ts';

interface Counted {
  readonly asked: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

const FILE = join(REPO, 'build/nodes-traffic.json');

/** A client that uses a Deployment all the time, through every node in turn. */
export class Traffic {
  readonly #daemon: Daemon;

  private constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  static async start(addresses: readonly string[]): Promise<Traffic> {
    mkdirSync(join(REPO, 'build'), { recursive: true });
    const urls = addresses.map((address) => `http://${address}:${NODE_PORT}/`);
    // A node port that has just been made: kube-proxy comes to it on one node after the other.
    for (const url of urls)
      await until(
        `${url} answers`,
        60,
        () => run('lab/in-lab.sh', ['curl', '-sf', '--max-time', '3', '-o', '/dev/null', url]),
        ({ exitCode }) => exitCode === 0,
      );
    const command = [process.execPath, join(REPO, 'lab/campaigns/nodes/prober.mjs'), FILE, ...urls];
    return new Traffic(await Daemon.start(command, urls[0] ?? ''));
  }

  /** Ends it and counts; the last second counts too. */
  async stop(): Promise<Counted> {
    await sleep(2);
    await this.#daemon.stop();
    return JSON.parse(readFileSync(FILE, 'utf8')) as Counted;
  }
}

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLab, REPO, sleep, until } from '../../kit/commands.ts';
import { Daemon } from '../../kit/daemons.ts';
import { addresses } from '../../kit/nodes.ts';
import { check, noteLines } from '../../kit/record.ts';
import { deploy, expose, NODE_PORT } from '../../kit/workloads.ts';

interface Counts {
  readonly asked: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

const FILE = join(REPO, 'build/nodes-traffic.json');

/** A Deployment that serves, and a client that uses it all the time, through every node in turn. */
export async function startTraffic(): Promise<Daemon> {
  await deploy({ name: 'web', replicas: 2, minAvailable: 1 });
  await expose('web');
  mkdirSync(join(REPO, 'build'), { recursive: true });
  const urls = (await addresses()).map((address) => `http://${address}:${NODE_PORT}/`);
  // A node port that has just been made: kube-proxy comes to it on one node after the other.
  for (const url of urls)
    await until(`${url} answers`, 60, () => inLab('curl', '-sf', '--max-time', '3', '-o', '/dev/null', url));
  const command = [process.execPath, join(REPO, 'lab/campaigns/nodes/prober.mjs'), FILE, ...urls];
  return Daemon.start(command, urls[0] ?? '');
}

/** Ends the client and counts; the last second counts too. */
export async function stopTraffic(client: Daemon): Promise<Counts> {
  await sleep(2);
  await client.stop();
  return JSON.parse(readFileSync(FILE, 'utf8')) as Counts;
}

export function checkTraffic({ asked, failed, failures }: Counts): void {
  check('two replicas with a budget, asked 10 times a second all along: failed', '0', String(failed));
  noteLines(`The prober asked ${asked} times through every node. ${failures.join('; ')}`);
}

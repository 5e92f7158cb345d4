import { BUSY_EXIT_CODE, type NodeCommand } from '../../upgrade/node-commands.ts';
import type { Ledger } from '../../upgrade/ledger.ts';
import { changeNodeNow } from '../harness/change-node.ts';
import { refused, tryAgain } from '../harness/step-error.ts';
import type { ClusterReads, ClusterWrites } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost, RemoteResult } from '../ports/remote.ts';
import type { Work } from './decide.ts';
import { hostOf } from './observe.ts';

/** How much of a failed command's output the message carries; the whole of it is in the log above. */
const TAIL_LINES = 15;

export async function carryOut(
  work: Work,
  reads: ClusterReads,
  writes: ClusterWrites,
  remote: Remote,
  log: Log,
): Promise<void> {
  await openPhase(reads, writes, work.node.name, work.ledger);
  for (const command of work.commands) await runOn(remote, hostOf(work.node), command, log);
}

async function openPhase(reads: ClusterReads, writes: ClusterWrites, node: string, ledger: Ledger): Promise<void> {
  await changeNodeNow(reads, writes, node, () => ({ ledger }));
}

async function runOn(remote: Remote, host: RemoteHost, command: NodeCommand, log: Log): Promise<void> {
  log(`${host.node}: ${command.name}. ${command.why}`);
  const result = await remote.run(host, command, (line) => {
    log(`  ${line}`);
  });
  if (result.exitCode === 0) return;
  const message = failure(host, command, result);
  throw command.mayPass || result.exitCode === BUSY_EXIT_CODE ? tryAgain(message) : refused(message);
}

function failure(host: RemoteHost, command: NodeCommand, { exitCode, stdout, stderr }: RemoteResult): string {
  const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-TAIL_LINES).join('\n');
  return `"${command.name}" ended with exit code ${exitCode} on ${host.node}, which is drained and stays cordoned. Last output:\n${tail}`;
}

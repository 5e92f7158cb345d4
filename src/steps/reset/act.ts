import { gaugesAtEnd } from '../../signals/gauges.ts';
import { noMarks } from '../../run/in-flight.ts';
import { HOLD_COMMAND, holdScript, KUBERNETES_PACKAGES } from '../../upgrade/host/node-packages.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { changeNodeNow } from '../guards/change-node.ts';
import { StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads, NodeWrites, NodeChange } from '../ports/cluster.ts';
import type { Quiesced } from '../ports/deployments.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Remote } from '../ports/remote.ts';
import type { Reset } from './decide.ts';

interface ResetWriters {
  readonly reads: NodeReads;
  readonly writes: NodeWrites;
  readonly remote: Remote;
  readonly quiesced: Quiesced;
  readonly gauges: Gauges;
  readonly clock: Clock;
}

/** Returns one line for each change. Removes the marks last, so that an interrupted reset can run again. */
export async function carryOut(
  { nodes, toHold, lines }: Reset,
  { reads, writes, remote, quiesced, gauges, clock }: ResetWriters,
  prefix: string,
): Promise<string> {
  const holds: string[] = [];
  for (const node of toHold) holds.push(await hold(node, remote));
  for (const node of nodes) await changeNodeNow(reads, writes, node, asIfNeverBegun);
  const trouble = await quiesced.restore();
  await writes.writeRunMarks(noMarks(prefix));
  await gauges.upgrade(gaugesAtEnd('nothing-to-do', clock.now()));
  return [...lines, ...holds, ...trouble].join('\n');
}

/** Longer than the script waits for another package manager. */
const HOLD_SECONDS = 120;
const NAMES = KUBERNETES_PACKAGES.join(', ');

/** Returns one line. A node whose packages cannot be held does not stop the reset. */
async function hold(node: ClusterNode, remote: Remote): Promise<string> {
  const { name } = node;
  const trouble = (why: string): string =>
    `Node ${name}: ${NAMES} may not be held: ${why}. Hold them there: ${HOLD_COMMAND}`;
  const command = { script: holdScript(LOCK_SECONDS), timeoutSeconds: HOLD_SECONDS };
  const host = sshHost(node);
  if (!host.known) return trouble(`it ${host.reason}`);
  try {
    const { exitCode, stdout, stderr } = await remote.run(host.value, command);
    if (exitCode === 0) return `Node ${name}: ${NAMES} are held.`;
    return trouble(`${stdout}\n${stderr}`.trim().split('\n').at(-1) || `exit code ${exitCode}`);
  } catch (error) {
    if (!(error instanceof StepError) || error.exitCode !== tryAgain('').exitCode) throw error;
    return trouble(error.message);
  }
}

const LOCK_SECONDS = 60;

/** Closes the upgrade record of any run. A cordon that this project did not set stays. */
const asIfNeverBegun = ({ upgradeRecord }: ClusterNode): NodeChange =>
  upgradeRecord === undefined
    ? {}
    : { upgradeRecord: null, ...(upgradeRecord.cordonedByUs ? { unschedulable: false } : {}) };

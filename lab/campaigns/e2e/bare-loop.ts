import { publish, REPOSITORY } from '../../kit/cluster.ts';
import { kubectl, overSsh } from '../../kit/commands.ts';
import { nodeLines, NODES, readyAt, whenNodeIs } from '../../kit/nodes.ts';
import { check, note, noteLines } from '../../kit/record.ts';
import { LOOP } from './cluster.ts';
import { type Night, STEPS_PER_NODE } from './upgrade-night.ts';
import { nodeCommands } from '../../../src/upgrade/host/node-commands.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import type { NodeRole } from '../../../src/upgrade/node/order.ts';

/** What the night waits for on purpose: a steady API server after the control plane, and the lab's soak per node. */
const STEADY_SECONDS = 30;
const SOAK_SECONDS = 5;

/** Runs the commands of an upgrade on these machines without Argo, to measure the cost of the orchestration. */
export async function bareLoop(night: Night): Promise<void> {
  await publish(LOOP);
  const began = Date.now();
  for (const node of NODES) await upgrade(node, node === 'cp1' ? 'first-control-plane' : 'worker');
  const loopSeconds = Math.round((Date.now() - began) / 1000);
  check('the bare SSH loop takes the same nodes one patch further', readyAt(NODES, LOOP), await nodeLines());

  const waits = STEADY_SECONDS + night.nodes * SOAK_SECONDS;
  const added = night.wallSeconds - waits - loopSeconds;
  note(
    `What Argo costs: ${night.pods} pods, of which ${STEPS_PER_NODE} per node; the night took ${night.wallSeconds} s, the bare SSH loop ${loopSeconds} s: ${ratio(night.wallSeconds, loopSeconds)} times.`,
  );
  noteLines(
    `${waits} s of it are waits on purpose (API server steady ${STEADY_SECONDS} s, soak ${SOAK_SECONDS} s per node); Argo and the checks add ${added} s, ${ratio(added, night.pods)} s per pod.`,
  );
  noteLines(`Between the pods: ${night.wallSeconds - night.podSeconds} s in which no step pod was running.`);
}

async function upgrade(node: string, role: NodeRole): Promise<void> {
  await kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s');
  const commands = nodeCommands({
    role,
    target: parseKubeVersion(LOOP),
    repository: REPOSITORY,
    sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
    keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
    ignorePreflightErrors: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
    skipPhases: ['addon/coredns'],
    packagesTimeoutSeconds: 600,
    kubeadmTimeoutSeconds: 900,
  });
  for (const { script } of commands) await overSsh(node, script);
  await whenNodeIs(`${node} v${LOOP} Ready cordoned`, 300);
  await kubectl('uncordon', node);
}

const ratio = (a: number, b: number): string => (a / b).toFixed(1);

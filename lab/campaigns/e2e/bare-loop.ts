import { nodeCommands } from '../../../src/upgrade/host/node-commands.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import type { NodeRole } from '../../../src/upgrade/node/order.ts';
import { getNodes, nodeLine, nodeLines } from '../../kit/nodes.ts';
import { kubectl, must, overSsh, until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { STEPS_PER_NODE, type Night } from './upgrade-night.ts';

/** What the night waits for on purpose: a steady API server after the control plane, and the lab's soak per node. */
const STEADY_SECONDS = 30;
const SOAK_SECONDS = 5;

/** Runs the commands of an upgrade on these machines without Argo, to measure the cost of the orchestration. */
export async function bareLoop(record: CampaignRecord, to: string, night: Night): Promise<void> {
  await must('lab/publish.sh', [`v${to}`]);
  const began = Date.now();
  for (const [node, role] of ORDER) await upgrade(node, role, to);
  const loopSeconds = Math.round((Date.now() - began) / 1000);
  record.check(
    'the bare SSH loop takes the same nodes one patch further',
    ORDER.map(([node]) => `${node} v${to} Ready`).join(', '),
    await nodeLines(),
  );

  const waits = STEADY_SECONDS + night.nodes * SOAK_SECONDS;
  const added = night.wallSeconds - waits - loopSeconds;
  record.note(
    `What Argo costs: ${night.pods} pods, of which ${STEPS_PER_NODE} per node; the night took ${night.wallSeconds} s, the bare SSH loop ${loopSeconds} s: ${ratio(night.wallSeconds, loopSeconds)} times.`,
  );
  record.note(
    `  ${waits} s of it are waits on purpose (API server steady ${STEADY_SECONDS} s, soak ${SOAK_SECONDS} s per node); Argo and the checks add ${added} s, ${ratio(added, night.pods)} s per pod.`,
  );
  record.note(`  Between the pods: ${night.wallSeconds - night.podSeconds} s in which no step pod was running.`);
}

const ORDER: readonly (readonly [string, NodeRole])[] = [
  ['cp1', 'first-control-plane'],
  ['w1', 'worker'],
  ['w2', 'worker'],
];

async function upgrade(node: string, role: NodeRole, to: string): Promise<void> {
  await kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s');
  const commands = nodeCommands({
    role,
    target: parseKubeVersion(to),
    repository: 'http://10.210.0.1:8080/core:/stable:',
    sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
    keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
    ignorePreflightErrors: ['CoreDNSMigration', 'CoreDNSUnsupportedPlugins'],
    skipPhases: ['addon/coredns'],
    packagesTimeoutSeconds: 600,
    kubeadmTimeoutSeconds: 900,
  });
  for (const { script } of commands) await overSsh(node, script);
  await until(`${node} is at v${to}`, 300, getNodes, (nodes) =>
    nodes.some((candidate) => nodeLine(candidate) === `${node} v${to} Ready cordoned`),
  );
  await kubectl('uncordon', node);
}

const ratio = (a: number, b: number): string => (a / b).toFixed(1);

import { restartedNodes } from '../../signals/alert-gate.ts';
import { asWarning, finding, type Finding } from '../../upgrade/gate/finding.ts';
import { PRESSURES, type NodeHealth } from '../../upgrade/node/health.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../../upgrade/node/node.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** Ready, under no pressure, and quiet; with its control-plane pods, where it is one. */
export function judgeNodes(facts: PreflightFacts, input: PreflightInput): Finding[] {
  const { nodes, health } = facts;
  const found = nodes.flatMap((node) => [...notReady(node), ...podsNotReady(node)]);
  if (!health.known) return [...found, notSeen(health.reason)];
  return [
    ...found,
    ...nodes.flatMap((node) => pressed(node, health.value.get(node.name))),
    ...unrest(facts, input, health.value),
  ];
}

/** This run resumes a node whose upgrade an earlier run did not finish. */
const unlessOurs = ({ upgradeRecord }: ClusterNode, seen: Finding): Finding =>
  upgradeRecord === undefined ? seen : asWarning(seen);

function notReady(node: ClusterNode): Finding[] {
  if (node.ready) return [];
  const seen = finding('node-not-ready', 'actionable', `node ${node.name}`, {
    found: 'a node that is not Ready',
    needed: 'every node Ready',
    remedy: `Restore it, or remove it from the cluster: kubectl describe node ${node.name}.`,
  });
  return [unlessOurs(node, seen)];
}

function podsNotReady(node: ClusterNode): Finding[] {
  if (!node.controlPlane) return [];
  const missing = CONTROL_PLANE_COMPONENTS.filter(
    (component) => !node.staticPods.some((pod) => pod.component === component && pod.ready),
  );
  return missing.map((component) =>
    unlessOurs(
      node,
      finding('control-plane-pod', 'actionable', `${component} on ${node.name}`, {
        found: 'no pod that is ready',
        needed: 'every control-plane pod running and ready',
        remedy: `See why: kubectl -n kube-system describe pod ${component}-${node.name}.`,
      }),
    ),
  );
}

const notSeen = (reason: string): Finding =>
  finding('nodes-unknown', 'unknown', 'the conditions of the nodes', {
    found: `no answer: ${reason}`,
    needed: 'the conditions of every node',
    remedy: 'Correct the cause. The next scheduled run checks again.',
  });

function pressed({ name }: ClusterNode, health: NodeHealth | undefined): Finding[] {
  const pressures = health?.pressures ?? PRESSURES;
  if (pressures.length === 0) return [];
  return [
    finding('node-pressure', 'actionable', `node ${name}`, {
      found:
        health === undefined ? 'no conditions: the node has only just joined' : `${pressures.join(', ')} not False`,
      needed: `${PRESSURES.join(', ')} False`,
      remedy: `Free the resource: kubectl describe node ${name}.`,
    }),
  ];
}

const HOUR_MS = 3_600_000;
/** A node that joins becomes Ready shortly after its creation. This change does not count. */
const JOINING_MS = 15 * 60_000;

/** Restarts that a resumed upgrade caused itself do not count. */
function unrest(
  { nodes, nowMs }: PreflightFacts,
  { quietHours, target }: PreflightInput,
  health: ReadonlyMap<string, NodeHealth>,
): Finding[] {
  if (quietHours === 0) return [];
  const ours = restartedNodes(nodes, target);
  return nodes
    .filter((node) => !ours.includes(node))
    .flatMap((node) => {
      const since = health.get(node.name)?.readySinceMs;
      if (since === undefined) return [];
      if (!since.known) return [noTime(node, since.reason, quietHours)];
      const quietMs = nowMs - since.value;
      const joined = since.value - node.createdAtMs <= JOINING_MS;
      return quietMs >= quietHours * HOUR_MS || joined ? [] : [unquiet(node, since.value, quietMs, quietHours)];
    });
}

const unquiet = ({ name }: ClusterNode, sinceMs: number, quietMs: number, hours: number): Finding =>
  finding('node-unrest', 'actionable', `node ${name}`, {
    found: `a Ready condition that changed ${ago(quietMs)}, at ${new Date(sinceMs).toISOString()}`,
    needed: `no change for ${hours} h`,
    remedy: 'Find out why it changed. Once it has not changed for that long, the next scheduled run resumes by itself.',
  });

const noTime = ({ name }: ClusterNode, reason: string, hours: number): Finding =>
  finding('node-unrest-unknown', 'unknown', `node ${name}`, {
    found: reason,
    needed: `a time, at least ${hours} h ago`,
    remedy: `See what the API server says: kubectl get node ${name} -o yaml.`,
  });

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 0) return 'in the future';
  return minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ${minutes % 60} min ago`;
}

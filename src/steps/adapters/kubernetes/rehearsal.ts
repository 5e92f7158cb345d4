import { parseUpgradeRecord, upgradeRecordAnnotation } from '../../../upgrade/node/upgrade-record.ts';
import type { NodeRoom } from '../../../upgrade/drain/room.ts';
import type { PinnedVolume, PlacedPod, Rehearsal } from '../../ports/rehearsal.ts';
import type { Api } from './api.ts';
import { budgetReads } from './budgets.ts';
import { toAmounts, toNeeds, toTerms } from './needs.ts';
import { toNodePod } from './pods.ts';
import { listPolicies } from './policies.ts';
import { NAMESPACES, NODES, PODS, type V1Node, type V1Pod } from './resources.ts';
import { claimOf, listAttached, listVolumes } from './volumes.ts';
import { listWebhooks } from './webhooks.ts';
import { reading } from '../../runtime/step-error.ts';

export const rehearsalReads = (api: Api, prefix: string): Rehearsal => ({
  nodes: () => reading(listNodes(api, prefix)),
  pods: () => reading(listPods(api)),
  budgets: () => reading(budgetReads(api).budgets()),
  pinnedVolumes: () => reading(listPinned(api)),
  attachments: () => reading(listAttached(api)),
  namespaces: () => reading(listNamespaces(api)),
  policies: () => reading(listPolicies(api)),
  webhooks: () => reading(listWebhooks(api)),
});

async function listNodes(api: Api, prefix: string): Promise<readonly NodeRoom[]> {
  const nodes = await api.list(NODES);
  return nodes.map((node) => toRoom(node, prefix)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Taints that come and go with what `takesPods` says. */
const PASSING = ['node.kubernetes.io/unschedulable', 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

function toRoom({ metadata, spec, status }: V1Node, prefix: string): NodeRoom {
  const text = metadata?.annotations?.[upgradeRecordAnnotation(prefix)];
  const ours = spec?.unschedulable === true && text !== undefined && isCordonOfOurs(text);
  const ready = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return {
    name: metadata?.name ?? '',
    labels: metadata?.labels ?? {},
    taints: (spec?.taints ?? [])
      .filter(({ key }) => !PASSING.includes(key))
      .map(({ key, value = '', effect }) => ({ key, value, effect })),
    allocatable: toAmounts(status?.allocatable ?? {}),
    takesPods: ready && (spec?.unschedulable !== true || ours),
  };
}

/** The drain itself says what is wrong with an upgrade record that cannot be read. */
function isCordonOfOurs(text: string): boolean {
  try {
    return parseUpgradeRecord(text).cordonedByUs;
  } catch {
    return false;
  }
}

async function listPods(api: Api): Promise<readonly PlacedPod[]> {
  const pods = await api.list(PODS, { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
  return pods.map(toPlacedPod).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const sortKey = ({ namespace, name }: PlacedPod): string => `${namespace}/${name}`;

const toPlacedPod = (pod: V1Pod): PlacedPod => ({
  ...toNodePod(pod),
  node: pod.spec?.nodeName,
  needs: toNeeds(pod.spec),
});

async function listPinned(api: Api): Promise<readonly PinnedVolume[]> {
  return (await listVolumes(api)).flatMap((volume) => {
    const claim = claimOf(volume);
    const nodeTerms = toTerms(volume.spec?.nodeAffinity?.required?.nodeSelectorTerms);
    return claim === undefined || nodeTerms.length === 0 ? [] : [{ claim, nodeTerms }];
  });
}

async function listNamespaces(api: Api): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const namespaces = await api.list(NAMESPACES);
  return new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}]));
}

import type { V1Node, V1Pod, V1Taint } from '@kubernetes/client-node';
import { ignoreForeignLedgers } from '../../../upgrade/control-plane.ts';
import { quoted } from '../../../upgrade/bounded.ts';
import { CRI_SOCKET_ANNOTATION } from '../../../upgrade/cri-socket.ts';
import { inert } from '../../../upgrade/inert.ts';
import { formatLastUpgrade, lastUpgradeAnnotation, tryParseLastUpgrade } from '../../../upgrade/last-upgrade.ts';
import { formatLedger, ledgerAnnotation, tryParseLedger, type Ledger } from '../../../upgrade/ledger.ts';
import { tryParseKubeVersion, type KubeVersion } from '../../../upgrade/kube-version.ts';
import type { ClusterNode, Taint } from '../../../upgrade/node.ts';
import { unreadableLines, type NodeReadings, type UnreadableNode } from '../../../upgrade/node-readings.ts';
import { unreadable, type Unreadable } from '../../../upgrade/reading.ts';
import { CONTROL_PLANE_KEY } from '../../../upgrade/runner.ts';
import { httpStatus } from '../../harness/retry.ts';
import { unexpected } from '../../harness/step-error.ts';
import type { ClusterReads, ClusterWrites, NodeChange } from '../../ports/cluster.ts';
import { listAll, MERGE_PATCH, unlessMissing, type Api } from './api.ts';
import { listStaticPods, nodeOf, staticPods } from './static-pods.ts';

export function nodeReads(api: Api, prefix: string): Pick<ClusterReads, 'nodes' | 'nodeReadings' | 'node'> {
  async function nodeReadings(): Promise<NodeReadings> {
    const nodes = await listAll(api, 'list nodes', (page) => api.core.listNode(page));
    const pods = Map.groupBy(await listStaticPods(api), nodeOf);
    const readings = nodes
      .map((node) => toReading(node, pods.get(nameOf(node)) ?? [], prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      nodes: ignoreForeignLedgers(
        readings.flatMap((reading) => ('because' in reading ? [] : [reading])),
        prefix,
      ),
      unreadable: readings.flatMap((reading) => ('because' in reading ? [reading] : [])),
    };
  }
  return {
    nodeReadings,
    async nodes() {
      const { nodes, unreadable } = await nodeReadings();
      if (unreadable.length > 0) throw unexpected(unreadableLines(unreadable).join('\n'));
      return nodes;
    },
    async node(name) {
      const node = await unlessMissing(api.ask(`get node ${name}`, () => api.core.readNode({ name })));
      if (node === undefined) return undefined;
      const reading = toReading(node, await listStaticPods(api, name), prefix);
      if ('because' in reading) throw unexpected(unreadableLines([reading]).join('\n'));
      return reading;
    },
  };
}

export function nodeWrites(api: Api, prefix: string): Pick<ClusterWrites, 'changeNode'> {
  return {
    async changeNode({ name, revision }, change) {
      const body = patchOf(revision, change, prefix);
      try {
        await api.ask(`patch node ${name}`, () => api.core.patchNode({ name, body }, MERGE_PATCH));
        return 'written';
      } catch (error) {
        if (httpStatus(error) === 409) return 'changed';
        if (httpStatus(error) === 404) return 'gone';
        throw error;
      }
    },
  };
}

/** Schedulable is written as no value at all, as the API server itself does: an uncordon leaves nothing behind. */
function patchOf(resourceVersion: string, change: NodeChange, prefix: string): object {
  const { ledger, unschedulable, lastUpgrade } = change;
  const text = ledger === null || ledger === undefined ? null : inert(formatLedger(ledger));
  const annotations = {
    ...(ledger !== undefined && { [ledgerAnnotation(prefix)]: text }),
    ...(lastUpgrade !== undefined && { [lastUpgradeAnnotation(prefix)]: inert(formatLastUpgrade(lastUpgrade)) }),
  };
  return {
    metadata: { resourceVersion, ...(Object.keys(annotations).length > 0 && { annotations }) },
    ...(unschedulable !== undefined && { spec: { unschedulable: unschedulable || null } }),
  };
}

function toReading(node: V1Node, pods: readonly V1Pod[], prefix: string): ClusterNode | UnreadableNode {
  const { metadata, spec, status } = node;
  const [name, kubelet, ledger] = [nameOf(node), kubeletOf(node), ledgerOf(node, prefix)];
  if ('unreadable' in kubelet) return { name, because: kubelet.unreadable };
  if (ledger !== undefined && 'unreadable' in ledger) return { name, because: ledger.unreadable };
  const controlPlane = metadata?.labels?.[CONTROL_PLANE_KEY] !== undefined;
  const criSocket = metadata?.annotations?.[CRI_SOCKET_ANNOTATION];
  return {
    name,
    uid: metadata?.uid ?? '',
    revision: metadata?.resourceVersion ?? '',
    createdAtMs: metadata?.creationTimestamp?.getTime() ?? 0,
    controlPlane,
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    unschedulable: spec?.unschedulable ?? false,
    internalIp: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address,
    machineId: status?.nodeInfo?.machineID ?? '',
    kubelet,
    ...(criSocket !== undefined && { criSocket }),
    runtime: status?.nodeInfo?.containerRuntimeVersion ?? '',
    // A kubelet may create mirror pods of any name and label on its own node.
    staticPods: controlPlane ? staticPods(pods) : [],
    ledger,
    lastUpgrade: tryParseLastUpgrade(metadata?.annotations?.[lastUpgradeAnnotation(prefix)] ?? ''),
    labels: metadata?.labels ?? {},
    taints: spec?.taints?.map(toTaint) ?? [],
  };
}

const toTaint = ({ key, value = '', effect }: V1Taint): Taint => ({ key, value, effect });

/** A release alone can be compared: no step knows what v1.35.0-rc.1 or a vendor's suffix stands for. */
function kubeletOf(node: V1Node): KubeVersion | Unreadable {
  const text = node.status?.nodeInfo?.kubeletVersion ?? '';
  return (
    tryParseKubeVersion(text) ??
    unreadable(
      `it reports the kubelet version "${quoted(text)}", expected a release such as v1.34.9. Install a release of the kubelet there, or remove the node from the cluster.`,
    )
  );
}

/** An annotation that is no upgrade record is never taken for none. */
function ledgerOf(node: V1Node, prefix: string): Ledger | Unreadable | undefined {
  const key = ledgerAnnotation(prefix);
  const text = node.metadata?.annotations?.[key];
  if (text === undefined) return undefined;
  const name = nameOf(node);
  return (
    tryParseLedger(text) ??
    unreadable(
      `its annotation ${key} is no upgrade record: ${quoted(text)}. See what state the node is in: kubectl describe node ${name}. Then remove the annotation: kubectl annotate node ${name} ${key}-`,
    )
  );
}

const nameOf = (node: V1Node): string => node.metadata?.name ?? '';

import type { V1Node, V1Pod, V1Taint } from '@kubernetes/client-node';
import { ignoreForeignLedgers } from '../../../upgrade/control-plane.ts';
import { inert } from '../../../upgrade/inert.ts';
import { formatLastUpgrade, lastUpgradeAnnotation, tryParseLastUpgrade } from '../../../upgrade/last-upgrade.ts';
import { formatLedger, ledgerAnnotation, parseLedger, type Ledger } from '../../../upgrade/ledger.ts';
import { tryParseKubeVersion, type KubeVersion } from '../../../upgrade/kube-version.ts';
import type { ClusterNode, Taint } from '../../../upgrade/node.ts';
import { CONTROL_PLANE_KEY } from '../../../upgrade/runner.ts';
import { httpStatus } from '../../harness/retry.ts';
import { unexpected } from '../../harness/step-error.ts';
import type { ClusterReads, ClusterWrites, NodeChange } from '../../ports/cluster.ts';
import { listAll, MERGE_PATCH, unlessMissing, type Api } from './api.ts';
import { listStaticPods, nodeOf, staticPods } from './static-pods.ts';

export function nodeReads(api: Api, prefix: string): Pick<ClusterReads, 'nodes' | 'node'> {
  return {
    async nodes() {
      const nodes = await listAll(api, 'list nodes', (page) => api.core.listNode(page));
      const pods = Map.groupBy(await listStaticPods(api), nodeOf);
      const read = nodes
        .map((node) => toClusterNode(node, pods.get(nameOf(node)) ?? [], prefix))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return ignoreForeignLedgers(read, prefix);
    },
    async node(name) {
      const node = await unlessMissing(api.ask(`get node ${name}`, () => api.core.readNode({ name })));
      if (node === undefined) return undefined;
      return toClusterNode(node, await listStaticPods(api, name), prefix);
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

function toClusterNode(node: V1Node, pods: readonly V1Pod[], prefix: string): ClusterNode {
  const { metadata, spec, status } = node;
  const controlPlane = metadata?.labels?.[CONTROL_PLANE_KEY] !== undefined;
  return {
    name: nameOf(node),
    uid: metadata?.uid ?? '',
    revision: metadata?.resourceVersion ?? '',
    createdAtMs: metadata?.creationTimestamp?.getTime() ?? 0,
    controlPlane,
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    unschedulable: spec?.unschedulable ?? false,
    internalIp: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address,
    kubelet: kubeletOf(node),
    runtime: status?.nodeInfo?.containerRuntimeVersion ?? '',
    // A kubelet may create mirror pods of any name and label on its own node.
    staticPods: controlPlane ? staticPods(pods) : [],
    ledger: ledgerOf(node, prefix),
    lastUpgrade: tryParseLastUpgrade(metadata?.annotations?.[lastUpgradeAnnotation(prefix)] ?? ''),
    labels: metadata?.labels ?? {},
    taints: spec?.taints?.map(toTaint) ?? [],
  };
}

const toTaint = ({ key, value = '', effect }: V1Taint): Taint => ({ key, value, effect });

function kubeletOf(node: V1Node): KubeVersion {
  const text = node.status?.nodeInfo?.kubeletVersion ?? '';
  const version = tryParseKubeVersion(text);
  if (version !== undefined) return version;
  throw unexpected(`node ${nameOf(node)} reports the kubelet version "${text}", expected a release such as v1.34.9`);
}

function ledgerOf(node: V1Node, prefix: string): Ledger | undefined {
  const key = ledgerAnnotation(prefix);
  const text = node.metadata?.annotations?.[key];
  if (text === undefined) return undefined;
  try {
    return parseLedger(text);
  } catch (error) {
    const remedy = `see what state the node is in, then remove its annotation ${key}`;
    throw unexpected(`node ${nameOf(node)} carries an unreadable upgrade ledger: ${text}; ${remedy}`, error);
  }
}

const nameOf = (node: V1Node): string => node.metadata?.name ?? '';

import { ignoreForeignUpgradeRecords } from '../../../upgrade/node/control-plane.ts';
import { inert } from '../../../text/inert.ts';
import { formatLastUpgrade, lastUpgradeAnnotation } from '../../../upgrade/node/last-upgrade.ts';
import { formatUpgradeRecord, upgradeRecordAnnotation } from '../../../upgrade/node/upgrade-record.ts';
import {
  blockingNodes,
  unreadableLines,
  type NodeReadings,
  type UnreadableNode,
} from '../../../upgrade/node/readings.ts';
import { refused } from '../../runtime/step-error.ts';
import type { ClusterReads, ClusterWrites, NodeChange } from '../../ports/cluster.ts';
import { apiServerAddresses } from './api-servers.ts';
import { resultOfWrite, type Api } from './api.ts';
import { ipAddressesOf, isLabelled, nameOf, readNode, type NodeReading, type NodeRules } from './node-reading.ts';
import { NODES } from './resources.ts';
import { listStaticPods, nodeOf } from './static-pods.ts';

type Nodes = Pick<ClusterReads, 'nodes' | 'nodeReadings' | 'node' | 'apiServerAddresses'> &
  Pick<ClusterWrites, 'changeNode'>;

export function nodesAdapter(api: Api, rules: NodeRules): Nodes {
  async function nodeReadings(): Promise<NodeReadings> {
    const nodes = await api.list(NODES);
    const pods = Map.groupBy(await listStaticPods(api), nodeOf);
    const byName = [...nodes].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const readings = byName.map((node) => readNode(node, pods.get(nameOf(node)) ?? [], rules));
    return inLists(readings, nodes.filter(isLabelled).map(ipAddressesOf), rules.prefix);
  }
  return {
    nodeReadings,
    apiServerAddresses: () => apiServerAddresses(api),
    async nodes() {
      const readings = await nodeReadings();
      const wrong = blockingNodes(readings);
      if (wrong.length > 0) throw refused(unreadableLines(wrong).join('\n'));
      return readings.nodes;
    },
    async node(name) {
      const node = await api.find(NODES, { name });
      if (node === undefined) return undefined;
      const reading = readNode(node, await listStaticPods(api, name), rules);
      if (reading.kind === 'unreadable') throw refused(unreadableLines([reading.unreadable]).join('\n'));
      return reading.kind === 'node' ? reading.node : reading.excluded.node;
    },
    changeNode({ name, revision }, change) {
      return resultOfWrite(api.patch(NODES, { name }, patchOf(revision, change, rules.prefix)));
    },
  };
}

/**
 * The upgrade records of workers are compared with those of all nodes, left out or not. `controlPlaneAddresses`: an entry
 * for each node with the label. While no node has the label, the nodes with static pods of a control plane are in the way.
 */
function inLists(
  readings: readonly NodeReading[],
  controlPlaneAddresses: readonly (readonly string[])[],
  prefix: string,
): NodeReadings {
  const all = readings.flatMap((reading) => (reading.kind === 'node' ? [reading.node] : []));
  const left = readings.flatMap((reading) => (reading.kind === 'excluded' ? [reading.excluded] : []));
  const known = ignoreForeignUpgradeRecords([...all, ...left.flatMap(({ node }) => node ?? [])], prefix);
  const knownOf = (name: string) => known.filter((node) => node.name === name);
  return {
    nodes: all.flatMap(({ name }) => knownOf(name)),
    unreadable: readings.flatMap((reading) =>
      reading.kind === 'unreadable' ? [blockingWithout(controlPlaneAddresses, reading.unreadable)] : [],
    ),
    controlPlaneAddresses,
    excluded: left.map((each) => ({ ...each, node: knownOf(each.name)[0] })),
  };
}

const blockingWithout = (labelled: readonly unknown[], node: UnreadableNode): UnreadableNode =>
  labelled.length === 0 && node.unlabelled !== undefined ? { ...node, leftAlone: false } : node;

/** Schedulable is written as no value at all, as the API server itself does: an uncordon leaves nothing behind. */
function patchOf(resourceVersion: string, change: NodeChange, prefix: string): object {
  const { upgradeRecord, unschedulable, lastUpgrade } = change;
  const text = upgradeRecord === null || upgradeRecord === undefined ? null : inert(formatUpgradeRecord(upgradeRecord));
  const annotations = {
    ...(upgradeRecord !== undefined && { [upgradeRecordAnnotation(prefix)]: text }),
    ...(lastUpgrade !== undefined && { [lastUpgradeAnnotation(prefix)]: inert(formatLastUpgrade(lastUpgrade)) }),
  };
  return {
    metadata: { resourceVersion, ...(Object.keys(annotations).length > 0 && { annotations }) },
    ...(unschedulable !== undefined && { spec: { unschedulable: unschedulable || null } }),
  };
}

import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { atVersion, type Direction, type NodeTask } from '../../upgrade/node/order.ts';
import { isNewer, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { ClusterImages } from '../../upgrade/prepare/images.ts';
import { notKnown, type Reading } from '../../upgrade/reading.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { NODE_CHECK_SCRIPT, parseNodeCheck, type NodeCheck } from '../../upgrade/prepare/node-check.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { PrepareInput } from './contract.ts';

/** A node to upgrade. */
export interface NodeToPrepare {
  readonly task: NodeTask;
  /** Where SSH reaches the node. The reason is a sentence: the Node is gone or has no address. */
  readonly host: Reading<RemoteHost>;
  /** The software is at the target. Only the rest of the upgrade is left, and nothing is installed. */
  readonly nothingToInstall: boolean;
  /** An earlier attempt changed the host, and may have been interrupted. */
  readonly touched: boolean;
  /** This run upgrades this node before any other. */
  readonly first: boolean;
  /** `back`: the kubelet is newer than the target. A forward run has no such node on its list. */
  readonly direction: Direction;
}

export interface PrepareFacts {
  readonly nodes: readonly NodeToPrepare[];
  /** Undefined when the settings turn the check of images off. */
  readonly images: Reading<ClusterImages> | undefined;
}

export async function observe(
  cluster: Pick<NodeReads, 'nodes'>,
  compatibility: Pick<Compatibility, 'clusterImages'>,
  input: PrepareInput,
): Promise<PrepareFacts> {
  const nodes = await cluster.nodes();
  const images = input.images === 'off' ? undefined : await compatibility.clusterImages();
  return {
    images,
    nodes: [...input.controlPlanes, ...input.workers].map((task, place) =>
      nodeToPrepare(task, place === 0, nodes, input.target),
    ),
  };
}

function nodeToPrepare(
  task: NodeTask,
  first: boolean,
  nodes: readonly ClusterNode[],
  target: KubeVersion,
): NodeToPrepare {
  const node = nodes.find(({ name }) => name === task.name);
  return {
    task,
    first,
    host: hostOf(task.name, node),
    touched: hostTouched(node?.upgradeRecord),
    direction: node !== undefined && isNewer(node.kubelet, target) ? 'back' : 'forward',
    nothingToInstall: node !== undefined && atVersion(node, target),
  };
}

function hostOf(name: string, node: ClusterNode | undefined): Reading<RemoteHost> {
  if (node === undefined) return notKnown(nodeIsGone(name));
  const host = sshHost(node);
  return host.known ? host : notKnown(`Node ${name} ${host.reason}.`);
}

const NODE_CHECK_SECONDS = 60;

export async function checkNode(remote: Remote, host: RemoteHost): Promise<Reading<NodeCheck>> {
  const { stdout } = await remote.run(host, { script: NODE_CHECK_SCRIPT, timeoutSeconds: NODE_CHECK_SECONDS });
  return parseNodeCheck(stdout, host.node);
}

import { hostTouched } from '../../upgrade/node/ledger.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { atVersion, type Direction, type NodeTask } from '../../upgrade/node/order.ts';
import { isNewer, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { ClusterImages } from '../../upgrade/prepare/images.ts';
import { LOOK_SCRIPT, parseLook, type NodeLook } from '../../upgrade/prepare/look.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { PrepareWish } from './decide.ts';

/** A node to do, and how it is reached; undefined when it is gone or has no address. */
export interface NodeToDo {
  readonly task: NodeTask;
  readonly host: RemoteHost | undefined;
  /** Its software is at the target: it is to be finished, and nothing is to be installed. */
  readonly nothingToInstall: boolean;
  /** An attempt has begun on it, and may have been cut off. */
  readonly touched: boolean;
  /** It is its turn before that of any other. */
  readonly first: boolean;
  /** `back`: its kubelet is newer than the target. A forward run has no such node on its list. */
  readonly direction: Direction;
}

export interface PrepareFacts {
  readonly nodes: readonly NodeToDo[];
  /** Undefined when nobody asks for images. */
  readonly images: Reading<ClusterImages> | undefined;
}

export async function observe(
  cluster: Pick<ClusterReads, 'nodes'>,
  compatibility: Pick<Compatibility, 'clusterImages'>,
  wish: PrepareWish,
): Promise<PrepareFacts> {
  const nodes = await cluster.nodes();
  const images = wish.images === 'off' ? undefined : await compatibility.clusterImages();
  return {
    images,
    nodes: [...wish.controlPlanes, ...wish.workers].map((task, place) => toDo(task, place === 0, nodes, wish.target)),
  };
}

function toDo(
  task: NodeTask,
  first: boolean,
  nodes: Awaited<ReturnType<ClusterReads['nodes']>>,
  target: KubeVersion,
): NodeToDo {
  const node = nodes.find(({ name }) => name === task.name);
  const host = node === undefined ? undefined : sshHost(node);
  return {
    ...{ task, first },
    host: host?.known === true ? host.value : undefined,
    touched: hostTouched(node?.ledger),
    direction: node !== undefined && isNewer(node.kubelet, target) ? 'back' : 'forward',
    nothingToInstall: node !== undefined && atVersion(node, target),
  };
}

const LOOK_SECONDS = 60;

export async function look(remote: Remote, host: RemoteHost): Promise<Reading<NodeLook>> {
  const { stdout } = await remote.run(host, { script: LOOK_SCRIPT, timeoutSeconds: LOOK_SECONDS });
  return parseLook(stdout, host.node);
}

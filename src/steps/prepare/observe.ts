import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { atVersion, type NodeTask } from '../../upgrade/node/order.ts';
import { isNewer, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { JOB_STATUS_SCRIPT, parseJobStatus, type NodeLook } from '../../upgrade/prepare/node-check.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { PrepareWish } from './decide.ts';
import type { NodeToDo, PrepareFacts } from './facts.ts';

export async function observe(
  cluster: Pick<NodeReads, 'nodes'>,
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
  nodes: Awaited<ReturnType<NodeReads['nodes']>>,
  target: KubeVersion,
): NodeToDo {
  const node = nodes.find(({ name }) => name === task.name);
  const host = node === undefined ? undefined : sshHost(node);
  return {
    ...{ task, first },
    host: host?.known === true ? host.value : undefined,
    touched: hostTouched(node?.upgradeRecord),
    direction: node !== undefined && isNewer(node.kubelet, target) ? 'back' : 'forward',
    nothingToInstall: node !== undefined && atVersion(node, target),
  };
}

const LOOK_SECONDS = 60;

export async function look(remote: Remote, host: RemoteHost): Promise<Reading<NodeLook>> {
  const { stdout } = await remote.run(host, { script: JOB_STATUS_SCRIPT, timeoutSeconds: LOOK_SECONDS });
  return parseJobStatus(stdout, host.node);
}

import { hostTouched } from '../../upgrade/node/upgrade-record.ts';
import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { atVersion, type NodeTask } from '../../upgrade/node/order.ts';
import { isNewer, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { NODE_CHECK_SCRIPT, parseNodeCheck, type NodeCheck } from '../../upgrade/prepare/node-check.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { PrepareInput } from './contract.ts';
import type { NodeToPrepare, PrepareFacts } from './facts.ts';

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
  nodes: Awaited<ReturnType<NodeReads['nodes']>>,
  target: KubeVersion,
): NodeToPrepare {
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

const NODE_CHECK_SECONDS = 60;

export async function checkNode(remote: Remote, host: RemoteHost): Promise<Reading<NodeCheck>> {
  const { stdout } = await remote.run(host, { script: NODE_CHECK_SCRIPT, timeoutSeconds: NODE_CHECK_SECONDS });
  return parseNodeCheck(stdout, host.node);
}

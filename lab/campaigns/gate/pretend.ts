import { kubectl, onNode, until } from '../../kit/commands.ts';
import { getNodes, nodeLines } from '../../kit/nodes.ts';
import { RUNNING } from './cluster.ts';

const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/**
 * Has the API server's objects say that the cluster runs another version, for hops that this lab cannot make: the
 * kubelets stand still, and the status of their Nodes and the images of the mirror pods are written by hand. Everything
 * else is as it is.
 */
export async function pretending(version: string, work: () => Promise<void>): Promise<void> {
  const nodes = (await getNodes()).map(({ metadata }) => metadata.name);
  await Promise.all(nodes.map((node) => onNode(node, 'systemctl stop kubelet')));
  try {
    await say(nodes, version);
    await work();
  } finally {
    await say(nodes, RUNNING);
    await Promise.all(nodes.map((node) => onNode(node, 'systemctl start kubelet')));
    const ready = nodes.map((node) => `${node} v${RUNNING} Ready`).join(', ');
    await until('the kubelets speak for themselves again', 120, nodeLines, (lines) => lines === ready);
  }
}

async function say(nodes: readonly string[], version: string): Promise<void> {
  const status = JSON.stringify({ status: { nodeInfo: { kubeletVersion: `v${version}` } } });
  for (const node of nodes) await kubectl('patch', 'node', node, '--subresource=status', '--type=merge', '-p', status);
  for (const component of COMPONENTS) {
    const image = `lab.invalid/k8s/${component}:v${version}`;
    await kubectl('set', 'image', '-n', 'kube-system', `pod/${component}-cp1`, `${component}=${image}`);
  }
}

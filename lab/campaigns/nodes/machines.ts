import { kubectl, onNode, until } from '../../kit/commands.ts';
import { getNodes, nodeLine } from '../../kit/nodes.ts';

/** Installs older packages on a worker, so that it is behind again. A kubelet may be older than its API server. */
export async function rollBack(node: string, version: string): Promise<void> {
  const wanted = ['kubeadm', 'kubelet', 'kubectl'].map((name) => `${name}=${version}-*`).join(' ');
  await onNode(
    node,
    `set -e; export DEBIAN_FRONTEND=noninteractive; apt-get -qq update
apt-get -qq -y install --allow-downgrades --allow-change-held-packages ${wanted} >/dev/null
apt-mark hold kubeadm kubelet kubectl >/dev/null; systemctl daemon-reload; systemctl restart kubelet`,
  );
  await until(`${node} is back at v${version}`, 120, getNodes, (nodes) =>
    nodes.some((candidate) => nodeLine(candidate) === `${node} v${version} Ready`),
  );
}

/** Every worker behind again, taking pods, with no mark of an earlier run. */
export async function rollBackAll(nodes: readonly string[], version: string): Promise<void> {
  for (const node of nodes) await kubectl('uncordon', node);
  await Promise.all(nodes.map((node) => rollBack(node, version)));
}

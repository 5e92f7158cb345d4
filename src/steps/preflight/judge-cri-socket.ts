import { criSocketTrouble } from '../../upgrade/node/cri-socket.ts';
import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { atVersion, inJoinOrder } from '../../upgrade/node/order.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** The annotation by which kubeadm finds the container runtime: kubeadm reads it on the drained node. */
export function judgeCriSocket({ nodes, files, plan }: PreflightFacts, { target }: PreflightInput): Finding[] {
  // `kubeadm upgrade plan` runs before, by the kubeadm that the first control-plane node has.
  const planning = plan === undefined ? undefined : inJoinOrder(nodes.filter(({ controlPlane }) => controlPlane)).at(0);
  return nodes.flatMap((node): Finding[] => {
    if (atVersion(node, target)) return [];
    const seen = files.get(node.name)?.criSocket;
    const minor = node.name === planning?.name ? Math.min(node.kubelet.minor, target.minor) : target.minor;
    const trouble = criSocketTrouble(node, seen?.known === true ? seen.value : undefined, minor);
    if (trouble === undefined) return [];
    return [finding('cri-socket', 'actionable', `node ${node.name}`, trouble)];
  });
}

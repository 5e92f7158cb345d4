import {
  kubeletCause,
  kubeletRemedy,
  skewedComponents,
  type SkewedComponent,
} from '../../upgrade/node/ahead-of-api-server.ts';
import {
  formatKubeVersion,
  isNewer,
  kubeTag,
  oldest,
  type KubeVersion,
} from '../../upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { blockReasonOf } from '../../upgrade/kubernetes/version-choice.ts';
import { judgeHop } from '../../upgrade/kubernetes/version-skew.ts';
import type { DetectInput } from './contract.ts';
import { upgradeCommand } from './detection.ts';

/** More parts than these are counted: the reason of a detection is read as a message. */
const MOST_NAMED = 3;

/**
 * Sentences about each part that moved without an upgrade. They change no verdict: the policy decides. `target`: where
 * the upgrade goes that is about to begin.
 */
export function skewedComponentLines(
  nodes: readonly ClusterNode[],
  input: DetectInput,
  target: KubeVersion | undefined,
): string[] {
  const parts = skewedComponents(nodes);
  const lines = parts.slice(0, MOST_NAMED).map((part) => lineOf(part, nodes, input, target));
  const more = parts.length - MOST_NAMED;
  return more > 0 ? [...lines, `${more} more parts of nodes differ from their API server.`] : lines;
}

function lineOf(
  apart: SkewedComponent,
  nodes: readonly ClusterNode[],
  input: DetectInput,
  target?: KubeVersion,
): string {
  const { node, part, version, apiServer } = apart;
  const [is, seen] = [part === 'kubelet' ? 'The kubelet of' : `${part} on`, kubeTag(version)];
  const than = `${isNewer(version, apiServer) ? 'newer' : 'older'} than its API server at ${kubeTag(apiServer)}`;
  const cause = part === 'kubelet' ? ` ${kubeletCause(node)}` : '';
  return `${is} ${node} is at ${seen}, ${than}.${cause} ${remedyOf(apart, nodes, input, target)}`;
}

function remedyOf(
  apart: SkewedComponent,
  nodes: readonly ClusterNode[],
  input: DetectInput,
  target?: KubeVersion,
): string {
  const { node, part, version, apiServer } = apart;
  if (target !== undefined && !isNewer(version, target)) {
    const hold = part === 'kubelet' ? ` Then hold the package on ${node} (apt-mark hold kubelet).` : '';
    return `The upgrade to ${kubeTag(target)} corrects this.${hold}`;
  }
  if (part !== 'kubelet')
    return `Set its image in /etc/kubernetes/manifests/${part}.yaml on ${node} to ${kubeTag(apiServer)}.`;
  return `${kubeletRemedy(node, apiServer)}${forwardRemedy(apart, nodes, input)}.`;
}

/**
 * How to go forward, where kubeadm can take the whole cluster to the version of the kubelet. A worker's own claim
 * suggests no version.
 */
function forwardRemedy({ node, version }: SkewedComponent, nodes: readonly ClusterNode[], input: DetectInput): string {
  const parts = nodes.flatMap(({ kubelet, staticPods }) => [
    kubelet,
    ...staticPods.flatMap((pod) => pod.version ?? []),
  ]);
  const isTrusted = nodes.some(({ name, controlPlane }) => name === node && controlPlane);
  const isOpen = blockReasonOf(version, input) === undefined && judgeHop(oldest(parts) ?? version, version).allowed;
  return isTrusted && isOpen
    ? `, or upgrade the cluster to that version (${upgradeCommand(formatKubeVersion(version))})`
    : '';
}

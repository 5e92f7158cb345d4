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

/** Components named in one reason, which operators read as one message. The others are counted. */
const MOST_NAMED = 3;

interface SkewContext {
  readonly nodes: readonly ClusterNode[];
  readonly input: DetectInput;
  /** Target of the upgrade that this run begins. */
  readonly target: KubeVersion | undefined;
}

/** Returns a sentence for each component that changed without an upgrade. The sentences do not change the verdict. */
export function skewedComponentLines(context: SkewContext): string[] {
  const components = skewedComponents(context.nodes);
  const lines = components.slice(0, MOST_NAMED).map((component) => lineOf(component, context));
  const more = components.length - MOST_NAMED;
  return more > 0 ? [...lines, `${more} more parts of nodes differ from their API server.`] : lines;
}

function lineOf(component: SkewedComponent, context: SkewContext): string {
  const { node, part, version, apiServer } = component;
  const isKubelet = part === 'kubelet';
  const subject = isKubelet ? `The kubelet of ${node}` : `${part} on ${node}`;
  const than = `${isNewer(version, apiServer) ? 'newer' : 'older'} than its API server at ${kubeTag(apiServer)}`;
  const cause = isKubelet ? ` ${kubeletCause(node)}` : '';
  return `${subject} is at ${kubeTag(version)}, ${than}.${cause} ${remedyOf(component, context)}`;
}

function remedyOf(component: SkewedComponent, context: SkewContext): string {
  const { node, part, version, apiServer } = component;
  const { target } = context;
  if (target !== undefined && !isNewer(version, target)) {
    const hold = part === 'kubelet' ? ` Then hold the package on ${node} (apt-mark hold kubelet).` : '';
    return `The upgrade to ${kubeTag(target)} corrects this.${hold}`;
  }
  if (part !== 'kubelet')
    return `Set its image in /etc/kubernetes/manifests/${part}.yaml on ${node} to ${kubeTag(apiServer)}.`;
  return `${kubeletRemedy(node, apiServer)}${forwardRemedy(component, context)}.`;
}

/**
 * Returns the command that upgrades the cluster to the version of the kubelet, where kubeadm can do so. The version that a
 * worker reports about itself is never suggested.
 */
function forwardRemedy({ node, version }: SkewedComponent, { nodes, input }: SkewContext): string {
  const versions = nodes.flatMap(({ kubelet, staticPods }) => [
    kubelet,
    ...staticPods.flatMap((pod) => pod.version ?? []),
  ]);
  const isTrusted = nodes.some(({ name, controlPlane }) => name === node && controlPlane);
  const isOpen = blockReasonOf(version, input) === undefined && judgeHop(oldest(versions) ?? version, version).allowed;
  if (!isTrusted || !isOpen) return '';
  return `, or upgrade the cluster to that version (${upgradeCommand(formatKubeVersion(version))})`;
}

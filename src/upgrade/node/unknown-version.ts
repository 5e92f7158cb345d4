import { quoted } from '../../text/bounded.ts';
import { inJoinOrder } from './order.ts';
import type { ClusterNode, StaticPod } from './node.ts';

/** Command that shows every image of the control plane. */
const SEE_IMAGES =
  "kubectl -n kube-system get pods -l tier=control-plane -o 'custom-columns=POD:.metadata.name,IMAGES:.spec.containers[*].image'";

const IMAGE_REMEDY = `kubeadm tags its images with the release. Name such a tag in /etc/kubernetes/manifests on each of these nodes; a digest may follow the tag. See the images: ${SEE_IMAGES}`;

/** Returns one problem: what is unknown and what to do. Empty when every version is known. */
export function unknownVersionProblem(nodes: readonly ClusterNode[]): string[] {
  const unknown = unknownVersions(nodes);
  return unknown.length === 0 ? [] : [`${unknown.join(' ')} ${IMAGE_REMEDY}`];
}

/**
 * Returns one sentence for each control-plane node with a static pod whose image names no release. Such an image has a
 * vendor's tag, or only a digest. A missing static pod does not count, because it may be restarting.
 */
const unknownVersions = (nodes: readonly ClusterNode[]): string[] =>
  inJoinOrder(nodes).flatMap(({ name, staticPods }) => {
    const unknown = staticPods.filter(({ version }) => version === undefined);
    if (unknown.length === 0) return [];
    const components = unknown.map((pod) => `${pod.component} (${imageOf(pod)})`).join(', ');
    return [`The version of a component on ${name} is unknown: ${components}; expected an image tag such as v1.34.9.`];
  });

/** Returns `image "registry.k8s.io/kube-apiserver@sha256:…"`. */
export const imageOf = ({ image = '' }: StaticPod): string =>
  image === '' ? 'no container of that name' : `image "${quoted(image)}"`;

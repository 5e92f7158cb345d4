import type { KubeVersion } from '../../kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../node/node.ts';
import { known, type Reading } from '../../reading.ts';
import { KUBELET_PLACES, type Configuration, type ConfigReading, type NodeConfiguration } from './configuration.ts';
import type { Flag } from './flags.ts';

/**
 * Returns every source that the target's components will read. A node whose kubelet is at the target minor is left out:
 * it proves that its configuration works there.
 */
export function configReadings(
  { nodes, kubeadmConfig, kubeletConfig, kubeProxyConfig }: Configuration,
  target: KubeVersion,
): ConfigReading[] {
  return [
    ...nodesBefore(nodes, target).flatMap(looksOnNode),
    ...CONTROL_PLANE_COMPONENTS.map((component): ConfigReading => ({
      component,
      place: 'kubeadm-config',
      node: undefined,
      read: mapReading(kubeadmConfig, (config) => config.components[component]),
    })),
    {
      component: 'kubeadm',
      place: 'kubeadm-config',
      node: undefined,
      read: mapReading(kubeadmConfig, ({ featureGates }) => ({ flags: [], featureGates })),
    },
    { component: 'kubelet', place: 'kubelet-config', node: undefined, read: kubeletConfig },
    { component: 'kube-proxy', place: 'kube-proxy-config', node: undefined, read: kubeProxyConfig },
  ];
}

/** Returns the nodes that are not at the target minor yet. */
export const nodesBefore = <N extends Pick<NodeConfiguration, 'kubelet'>>(
  nodes: readonly N[],
  target: KubeVersion,
): N[] => nodes.filter(({ kubelet }) => kubelet.minor < target.minor);

function looksOnNode({ name, kubeletPlaces, staticPods }: NodeConfiguration): ConfigReading[] {
  const ofKubelet = KUBELET_PLACES.map((place): ConfigReading => ({
    component: 'kubelet',
    place,
    node: name,
    read: kubeletPlaces[place],
  }));
  const ofStaticPods = CONTROL_PLANE_COMPONENTS.flatMap((component): ConfigReading[] =>
    staticPods === undefined
      ? []
      : [{ component, place: 'static-pod-manifest', node: name, read: staticPods[component] }],
  );
  return [...ofKubelet, ...ofStaticPods];
}

const mapReading = <T, U>(reading: Reading<T>, as: (value: T) => U): Reading<U> =>
  reading.known ? known(as(reading.value)) : reading;

/** Returns the values of every flag with that name, split at commas. */
export const words = (flags: readonly Flag[], name: string): string[] =>
  flags
    .filter((flag) => flag.name === name)
    .flatMap(({ value }) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');

import type { Written } from '../../../upgrade/gate/boundary/configuration.ts';
import { reading, unexpected } from '../../runtime/step-error.ts';
import type { Compatibility } from '../../ports/compatibility.ts';
import {
  parseClusterConfiguration,
  parseClusterImages,
  parseKubeletConfiguration,
  parseKubeProxyConfiguration,
} from '../component-yaml.ts';
import { parseYaml } from '../yaml.ts';
import { readConfigMap, type Api } from './api.ts';
import { DAEMON_SETS, DEPLOYMENTS, STATEFUL_SETS, type V1PodSpec } from './resources.ts';
import type { Workload } from '../../../upgrade/gate/addons/addon.ts';
import { startedPodReads } from './static-pods.ts';

/** Workloads, static pods, and the ConfigMaps in which kubeadm keeps the configuration of every node. */
export const compatibilityReads = (api: Api): Compatibility => ({
  ...startedPodReads(api),
  workloads: () => reading(listWorkloads(api)),
  kubeadmConfig: () => reading(parsed(api, KUBEADM, parseClusterConfiguration)),
  clusterImages: () => reading(parsed(api, KUBEADM, parseClusterImages)),
  kubeletConfig: () => reading(parsed(api, KUBELET, parseKubeletConfiguration)),
  kubeletFields: () => reading(parsed(api, KUBELET, (text, what) => parseYaml(text, what)[0])),
  kubeProxyConfig: () => reading(parsed(api, KUBE_PROXY, parseKubeProxyConfiguration, NOTHING_WRITTEN)),
});

const KUBEADM = { name: 'kubeadm-config', key: 'ClusterConfiguration' };
const KUBELET = { name: 'kubelet-config', key: 'kubelet' };
const KUBE_PROXY = { name: 'kube-proxy', key: 'config.conf' };

const NOTHING_WRITTEN: Written = { flags: [], featureGates: {} };

/** `missing`: the value where there is no such ConfigMap; without it, its absence is an error. */
async function parsed<T>(
  api: Api,
  { name, key }: typeof KUBEADM,
  parse: (text: string, what: string) => T,
  missing?: T,
): Promise<T> {
  const what = `ConfigMap kube-system/${name}`;
  const map = await readConfigMap(api, name, 'kube-system');
  if (map === undefined) {
    if (missing !== undefined) return missing;
    throw unexpected(`${what} is not there; is this a kubeadm cluster?`);
  }
  const text = map.data?.[key];
  if (text === undefined) throw unexpected(`${what} has no key ${key}`);
  return parse(text, `${key} of ${what}`);
}

async function listWorkloads(api: Api): Promise<readonly Workload[]> {
  const [deployments, daemonSets, statefulSets] = await Promise.all([
    api.list(DEPLOYMENTS),
    api.list(DAEMON_SETS),
    api.list(STATEFUL_SETS),
  ]);
  return [
    ...deployments.map((each) => toWorkload('Deployment', each)),
    ...daemonSets.map((each) => toWorkload('DaemonSet', each)),
    ...statefulSets.map((each) => toWorkload('StatefulSet', each)),
  ];
}

interface Templated {
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly spec?: { readonly template: { readonly spec?: V1PodSpec } };
}

function toWorkload(kind: string, { metadata, spec }: Templated): Workload {
  const pod = spec?.template.spec;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  const images = containers.flatMap(({ image }) => image ?? []);
  return { kind, namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', images };
}

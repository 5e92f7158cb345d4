import type { Written } from '../../../upgrade/gate/boundary/configuration.ts';
import { unexpected } from '../../runtime/step-error.ts';
import type { Compatibility } from '../../ports/compatibility.ts';
import {
  parseClusterConfiguration,
  parseClusterImages,
  parseKubeletConfiguration,
  parseKubeProxyConfiguration,
} from '../component-yaml.ts';
import { reading } from '../reading.ts';
import { parseYaml } from '../yaml.ts';
import { readConfigMap, type Api } from './api.ts';

type Reads = Pick<
  Compatibility,
  'kubeadmConfig' | 'clusterImages' | 'kubeletConfig' | 'kubeletFields' | 'kubeProxyConfig'
>;

/** The ConfigMaps in which kubeadm keeps what it makes every node from. */
export const componentConfigReads = (api: Api): Reads => ({
  kubeadmConfig: () => reading(parsed(api, 'kubeadm-config', 'ClusterConfiguration', parseClusterConfiguration)),
  clusterImages: () => reading(parsed(api, 'kubeadm-config', 'ClusterConfiguration', parseClusterImages)),
  kubeletConfig: () => reading(parsed(api, 'kubelet-config', 'kubelet', parseKubeletConfiguration)),
  kubeletFields: () => reading(parsed(api, 'kubelet-config', 'kubelet', (text, what) => parseYaml(text, what)[0])),
  kubeProxyConfig: () =>
    reading(parsed(api, 'kube-proxy', 'config.conf', parseKubeProxyConfiguration, () => NOTHING_WRITTEN)),
});

const NOTHING_WRITTEN: Written = { flags: [], featureGates: {} };

async function parsed<T>(
  api: Api,
  name: string,
  key: string,
  parse: (text: string, what: string) => T,
  missing: (what: string) => T = isNotThere,
): Promise<T> {
  const what = `ConfigMap kube-system/${name}`;
  const map = await readConfigMap(api, name, 'kube-system');
  if (map === undefined) return missing(what);
  const text = map.data?.[key];
  if (text === undefined) throw unexpected(`${what} has no key ${key}`);
  return parse(text, `${key} of ${what}`);
}

function isNotThere(what: string): never {
  throw unexpected(`${what} is not there; is this a kubeadm cluster?`);
}

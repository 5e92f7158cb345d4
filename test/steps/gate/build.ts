import type { Workload } from '../../../src/upgrade/gate/addons/addon.ts';
import type { KubeletPlace, Written } from '../../../src/upgrade/gate/boundary/configuration.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../../src/upgrade/node/node.ts';
import { known, type Reading } from '../../../src/upgrade/reading.ts';
import type { GateInput } from '../../../src/steps/gate/contract.ts';
import type { GateFacts, GateNode } from '../../../src/steps/gate/facts.ts';

/** A place that says nothing. */
export const NOTHING: Written = { flags: [], featureGates: {} };

export const flag = (name: string, value = ''): Written => ({ flags: [{ name, value }], featureGates: {} });

export const onEachComponent = <T>(value: T) => {
  const [first, second, third] = CONTROL_PLANE_COMPONENTS;
  return { [first]: value, [second]: value, [third]: value } as Record<(typeof CONTROL_PLANE_COMPONENTS)[number], T>;
};

export function node(name: string, kubelet: string, changes: Partial<GateNode> = {}): GateNode {
  const places: Record<KubeletPlace, Reading<Written>> = {
    'kubeadm-flags.env': known(NOTHING),
    'etc-default-kubelet': known(NOTHING),
    'etc-sysconfig-kubelet': known(NOTHING),
    'kubelet-unit': known(NOTHING),
    'kubelet-environment': known(NOTHING),
    'kubelet-config-folder': known(NOTHING),
    'kubelet-config-file': known(NOTHING),
  };
  return {
    ...{ name, kubelet: parseKubeVersion(kubelet), runtime: 'containerd://2.2.1', cgroup: known('v2') },
    ...{ kubeletPlaces: places, staticPods: undefined },
    ...changes,
  };
}

/** A worker of which one place says something. */
export function worker(name: string, kubelet: string, place: KubeletPlace, read: Reading<Written>): GateNode {
  const plain = node(name, kubelet);
  return { ...plain, kubeletPlaces: { ...plain.kubeletPlaces, [place]: read } };
}

export const controlPlane = (name: string, kubelet: string, changes: Partial<GateNode> = {}): GateNode =>
  node(name, kubelet, { staticPods: onEachComponent(known(NOTHING)), ...changes });

export const workload = (name: string, ...images: string[]): Workload => ({
  ...{ kind: 'Deployment', namespace: 'platform', name, images },
});

/** A cluster against which nothing can be said, at `running` everywhere. */
export function cluster(running: string, changes: Partial<GateFacts> = {}): GateFacts {
  return {
    nodes: [controlPlane('cp-1', running), node('w-1', running)],
    apiServers: known([{ node: 'cp-1', version: parseKubeVersion(running) }]),
    workloads: known([]),
    deprecatedApis: known([]),
    youngApiServers: [],
    kubeadmConfig: known({
      ...{ apiVersions: ['kubeadm.k8s.io/v1beta4'], featureGates: {} },
      components: onEachComponent(NOTHING),
    }),
    kubeletConfig: known({ ...NOTHING, failCgroupV1: undefined }),
    kubeProxyConfig: known(NOTHING),
    etcd: known([{ name: 'cp-1', version: '3.6.5' }]),
    ...changes,
  };
}

export const input = (target: string, changes: Partial<GateInput> = {}): GateInput => ({
  target: parseKubeVersion(target),
  addons: [],
  untestedAddons: 'block',
  untestedRuntime: 'warn',
  ...changes,
});

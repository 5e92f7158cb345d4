import { sshHost } from '../../upgrade/node/ssh-host.ts';
import type { EtcdMember, Written } from '../../upgrade/gate/boundary/configuration.ts';
import { KUBELET_PLACES } from '../../upgrade/gate/boundary/configuration.ts';
import { nodesBefore } from '../../upgrade/gate/boundary/looks.ts';
import { parseImage } from '../../upgrade/kubernetes/image.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../../upgrade/node/node.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { known, notKnown, type Reading } from '../../upgrade/reading.ts';
import { judgedNodes } from '../guards/node-readings.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type {
  Compatibility,
  DeprecatedApis,
  DeprecatedApiUse,
  NodeFiles,
  NodeFilesPort,
  StartedPod,
} from '../ports/compatibility.ts';
import type { RemoteHost } from '../ports/remote.ts';
import { jumpsFrom } from './decide.ts';
import type { ApiServer, GateFacts, GateNode } from './facts.ts';

export interface GateSources {
  readonly cluster: Pick<NodeReads, 'nodeReadings'>;
  readonly compatibility: Compatibility;
  readonly deprecatedApis: DeprecatedApis;
  readonly nodeFiles: NodeFilesPort;
}

/** Reads everything at once. A failed read is a reading without a value. Throws only when the nodes cannot be listed. */
export async function observe(sources: GateSources, target: KubeVersion): Promise<GateFacts> {
  const { nodes, excluded, unreadable } = await judgedNodes(sources.cluster);
  const apiServers = apiServersOf(nodes);
  if (jumpsFrom(nodes, target) === undefined) return { ...notAsked(nodes), apiServers, excluded, unreadable };
  const { compatibility, deprecatedApis, nodeFiles } = sources;
  const [workloads, pods, kubeadmConfig, kubeletConfig, kubeProxyConfig, use, files] = await Promise.all([
    compatibility.workloads(),
    compatibility.startedPods(),
    compatibility.kubeadmConfig(),
    compatibility.kubeletConfig(),
    compatibility.kubeProxyConfig(),
    deprecatedApis.inUse(),
    nodeFiles.read(nodesBefore(nodes, target).flatMap(hostOf)),
  ]);
  const asked = ofEveryApiServer(use, nodes);
  return {
    nodes: nodes.map((node) => toGateNode(node, files.get(node.name), pods)),
    excluded,
    unreadable,
    apiServers,
    workloads,
    kubeadmConfig,
    kubeletConfig,
    kubeProxyConfig,
    etcd: pods.known ? etcdOf(pods.value, nodes) : pods,
    deprecatedApis: asked.known ? known(asked.value.series) : asked,
    youngApiServers: asked.known ? asked.value.young : [],
  };
}

/** For a patch, only the skew is judged. No login to a node is needed, so a node that is down does not matter. */
function notAsked(nodes: readonly ClusterNode[]): Omit<GateFacts, 'apiServers'> {
  const none = notKnown('not read: only an upgrade to the next minor needs it');
  return {
    nodes: nodes.map((node) => toGateNode(node, undefined, none)),
    workloads: none,
    kubeadmConfig: none,
    kubeletConfig: none,
    kubeProxyConfig: none,
    etcd: none,
    deprecatedApis: none,
    youngApiServers: [],
  };
}

function hostOf(node: ClusterNode): RemoteHost[] {
  const host = sshHost(node);
  return host.known ? [host.value] : [];
}

const isControlPlane = ({ controlPlane }: ClusterNode): boolean => controlPlane;

/** From the tags of the static pods. */
function apiServersOf(nodes: readonly ClusterNode[]): Reading<readonly ApiServer[]> {
  const servers = nodes.filter(isControlPlane).map(({ name, staticPods }) => ({
    node: name,
    version: staticPods.find(({ component }) => component === 'kube-apiserver')?.version,
  }));
  const unseen = servers.filter(({ version }) => version === undefined).map(({ node }) => node);
  if (unseen.length > 0) return notKnown(`no pod of kube-apiserver with a version in its tag on ${unseen.join(', ')}`);
  return known(servers.flatMap(({ node, version }) => (version === undefined ? [] : [{ node, version }])));
}

// ---- one node --------------------------------------------------------------------------------------------------------
function toGateNode(node: ClusterNode, files: NodeFiles | undefined, pods: Reading<readonly StartedPod[]>): GateNode {
  const { name, kubelet, runtime, controlPlane } = node;
  const { cgroup, places: kubeletPlaces } = files ?? noFiles(node);
  return {
    name,
    kubelet,
    runtime,
    cgroup,
    kubeletPlaces,
    staticPods: controlPlane
      ? eachOf(CONTROL_PLANE_COMPONENTS, (component) => flagsOf(component, name, pods))
      : undefined,
  };
}

function noFiles(node: ClusterNode): NodeFiles {
  const host = sshHost(node);
  const none = notKnown(`node ${node.name} ${host.known ? 'was not looked at' : host.reason}`);
  return { cgroup: none, places: eachOf(KUBELET_PLACES, () => none) };
}

function flagsOf(
  component: StartedPod['component'],
  node: string,
  pods: Reading<readonly StartedPod[]>,
): Reading<Written> {
  if (!pods.known) return pods;
  const found = pods.value.find((pod) => pod.node === node && pod.component === component);
  return found?.flags ?? notKnown(`there is no pod of ${component} on ${node} in kube-system`);
}

const eachOf = <K extends string, T>(keys: readonly K[], value: (key: K) => T): Readonly<Record<K, T>> =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Record<K, T>;

// ---- the cluster -----------------------------------------------------------------------------------------------------
/** etcd of kubeadm runs beside every API server. An external etcd has no such pod. */
function etcdOf(pods: readonly StartedPod[], nodes: readonly ClusterNode[]): Reading<readonly EtcdMember[]> {
  const controlPlanes = nodes.filter(isControlPlane);
  // A kubelet may create mirror pods of any name and label on its own node.
  const isOnControlPlane = (pod: StartedPod): boolean => controlPlanes.some(({ name }) => name === pod.node);
  const members = pods.filter((pod) => pod.component === 'etcd' && isOnControlPlane(pod));
  const without = controlPlanes.filter(({ name }) => !members.some(({ node }) => node === name));
  if (members.length > 0 && without.length > 0) {
    return notKnown(`there is no pod of etcd on ${without.map(({ name }) => name).join(', ')}, as there is elsewhere`);
  }
  return known(members.map(({ node, image }) => ({ name: node, version: parseImage(image).tag ?? '' })));
}

/** A client may use an API server that did not answer. */
function ofEveryApiServer(use: Reading<DeprecatedApiUse>, nodes: readonly ClusterNode[]): Reading<DeprecatedApiUse> {
  const count = nodes.filter(isControlPlane).length;
  if (!use.known || use.value.apiServers >= count) return use;
  return notKnown(`${use.value.apiServers} API servers answered, and the cluster has ${count} control-plane nodes`);
}

import { quoted } from '../../../text/bounded.ts';
import { CRI_SOCKET_ANNOTATION } from '../../../upgrade/node/cri-socket.ts';
import { tryParseKubeVersion, type KubeVersion } from '../../../upgrade/kubernetes/kube-version.ts';
import { lastUpgradeAnnotation, tryParseLastUpgrade } from '../../../upgrade/node/last-upgrade.ts';
import {
  upgradeRecordAnnotation,
  tryParseUpgradeRecord,
  type UpgradeRecord,
} from '../../../upgrade/node/upgrade-record.ts';
import { whyExcluded, type Exclusion, type NodeExclusion } from '../../../upgrade/node/exclusion.ts';
import type { ExcludedNode, UnreadableNode } from '../../../upgrade/node/readings.ts';
import { canonicalAddress } from '../../../upgrade/node/ip-address.ts';
import type { ClusterNode, StaticPod, Taint } from '../../../upgrade/node/node.ts';
import { unreadable, type Unreadable } from '../../../upgrade/reading.ts';
import { chooseAddress, type SshAddressRule } from '../../../upgrade/node/ssh-address.ts';
import { CONTROL_PLANE_KEY } from '../../../upgrade/drain/runner.ts';
import { timeMs, type V1Node, type V1Pod, type V1Taint } from './resources.ts';
import { staticPods } from './static-pods.ts';

/** How the Nodes of this cluster are read. */
export interface NodeRules {
  /** With which the names of our annotations begin. */
  readonly prefix: string;
  readonly exclude: NodeExclusion;
  readonly address: SshAddressRule;
}

/** A Node object as one of three: a node to upgrade, one that is left out, or one that cannot be judged. */
export type NodeReading =
  | { readonly kind: 'node'; readonly node: ClusterNode }
  | { readonly kind: 'excluded'; readonly excluded: ExcludedNode }
  | { readonly kind: 'unreadable'; readonly unreadable: UnreadableNode };

/** `pods`: the mirror pods of the node. */
export function readNode(object: V1Node, pods: readonly V1Pod[], rules: NodeRules): NodeReading {
  const name = nameOf(object);
  const labelled = isLabelled(object);
  const components = staticPods(pods);
  const exclusion = exclusionOf(object, rules.exclude);
  if (!labelled && components.length > 0)
    return { kind: 'unreadable', unreadable: unlabelled(object, components, rules.prefix) };
  const conflict = exclusionConflict(labelled, exclusion);
  if (conflict !== undefined) return { kind: 'unreadable', unreadable: { name, because: conflict } };
  const node = toNode(object, components, rules);
  if (exclusion !== undefined) {
    const { because, kubelet } = exclusion;
    return { kind: 'excluded', excluded: { name, because, kubelet, node: 'because' in node ? undefined : node } };
  }
  return 'because' in node ? { kind: 'unreadable', unreadable: node } : { kind: 'node', node };
}

export const nameOf = (node: V1Node): string => node.metadata?.name ?? '';

export const isLabelled = ({ metadata }: V1Node): boolean => metadata?.labels?.[CONTROL_PLANE_KEY] !== undefined;

/** The IP addresses that the Node reports, each in its one spelling. */
export const ipAddressesOf = ({ status }: V1Node): readonly string[] =>
  (status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .flatMap(({ address }) => canonicalAddress(address) ?? []);

const exclusionOf = ({ metadata, spec, status }: V1Node, exclude: NodeExclusion): Exclusion | undefined =>
  whyExcluded(
    {
      name: metadata?.name ?? '',
      labels: metadata?.labels ?? {},
      annotations: metadata?.annotations ?? {},
      taints: spec?.taints?.map(toTaint) ?? [],
      operatingSystem: status?.nodeInfo?.operatingSystem ?? '',
      kubeletVersion: status?.nodeInfo?.kubeletVersion ?? '',
    },
    exclude,
  );

/**
 * `kubeadm upgrade node` upgrades static pods wherever their manifests are, whatever the labels say. A label is no proof of
 * a worker, and a mirror pod is no proof of a control-plane node: docs/decisions/0028-a-role-is-a-label-and-static-pods.md.
 */
function unlabelled(node: V1Node, components: readonly StaticPod[], prefix: string): UnreadableNode {
  const name = nameOf(node);
  const running = [...new Set(components.map(({ component }) => component))].join(', ');
  return {
    name,
    because: `it runs static pods of a control plane (${running}), and it has no label ${CONTROL_PLANE_KEY}. If it is a control-plane node, label it: kubectl label node ${name} ${CONTROL_PLANE_KEY}= . If it is a worker, remove their manifests from /etc/kubernetes/manifests there.`,
    // An upgrade may be under way on a node with an upgrade record.
    leftAlone: node.metadata?.annotations?.[upgradeRecordAnnotation(prefix)] === undefined,
    unlabelled: { addresses: ipAddressesOf(node) },
  };
}

/** A control plane is upgraded as a whole, so none of its nodes is left out. */
const exclusionConflict = (labelled: boolean, exclusion: Exclusion | undefined): string | undefined =>
  labelled && exclusion !== undefined
    ? `it is a control-plane node, and ${exclusion.setting} would leave it out (${exclusion.because}). A control plane is upgraded as a whole. ${EXCLUSION_REMEDY[exclusion.because] ?? `Change ${exclusion.setting}.`}`
    : undefined;

const EXCLUSION_REMEDY: Readonly<Record<string, string>> = {
  'Cluster API':
    'Upgrade it with Cluster API, which replaces its machines; or, if Cluster API no longer manages it, take cluster-api out of nodes.exclude.kinds.',
};

function toNode(
  node: V1Node,
  components: readonly StaticPod[],
  { prefix, address }: NodeRules,
): ClusterNode | UnreadableNode {
  const { metadata, spec, status } = node;
  const controlPlane = isLabelled(node);
  const [name, kubelet, upgradeRecord] = [nameOf(node), kubeletOf(node, controlPlane), upgradeRecordOf(node, prefix)];
  if (upgradeRecord !== undefined && 'unreadable' in upgradeRecord) return { name, because: upgradeRecord.unreadable };
  if ('unreadable' in kubelet) {
    const leftAlone = !controlPlane && upgradeRecord === undefined;
    return { name, because: kubelet.unreadable, ...(leftAlone && { leftAlone }) };
  }
  const criSocket = metadata?.annotations?.[CRI_SOCKET_ANNOTATION];
  return {
    name,
    uid: metadata?.uid ?? '',
    revision: metadata?.resourceVersion ?? '',
    createdAtMs: timeMs(metadata?.creationTimestamp) ?? 0,
    controlPlane,
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    unschedulable: spec?.unschedulable ?? false,
    internalIp: status?.addresses?.find(({ type }) => type === 'InternalIP')?.address,
    sshAddress: { type: address.type, address: chooseAddress(status?.addresses ?? [], address) },
    machineId: status?.nodeInfo?.machineID ?? '',
    kubelet,
    ...(criSocket !== undefined && { criSocket }),
    runtime: status?.nodeInfo?.containerRuntimeVersion ?? '',
    staticPods: components,
    upgradeRecord,
    lastUpgrade: tryParseLastUpgrade(metadata?.annotations?.[lastUpgradeAnnotation(prefix)] ?? ''),
    labels: metadata?.labels ?? {},
    taints: spec?.taints?.map(toTaint) ?? [],
  };
}

const toTaint = ({ key, value = '', effect }: V1Taint): Taint => ({ key, value, effect });

/** A release alone can be compared: no step knows what v1.35.0-rc.1 or a vendor's suffix stands for. */
function kubeletOf(node: V1Node, controlPlane: boolean): KubeVersion | Unreadable {
  const orLeaveOut = controlPlane ? '.' : ', leave the node out (nodes.exclude), or remove it from the cluster.';
  const text = node.status?.nodeInfo?.kubeletVersion ?? '';
  return (
    tryParseKubeVersion(text) ??
    unreadable(
      `it reports the kubelet version "${quoted(text)}", expected a release such as v1.34.9. Install a release of the kubelet there${orLeaveOut}`,
    )
  );
}

/** An annotation that is no upgrade record is never taken for none. */
function upgradeRecordOf(node: V1Node, prefix: string): UpgradeRecord | Unreadable | undefined {
  const key = upgradeRecordAnnotation(prefix);
  const text = node.metadata?.annotations?.[key];
  if (text === undefined) return undefined;
  const name = nameOf(node);
  return (
    tryParseUpgradeRecord(text) ??
    unreadable(
      `its annotation ${key} is no upgrade record: ${quoted(text)}. See what state the node is in: kubectl describe node ${name}. Then remove the annotation: kubectl annotate node ${name} ${key}-`,
    )
  );
}

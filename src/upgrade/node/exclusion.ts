import { inert } from '../../text/inert.ts';
import { quoted } from '../../text/bounded.ts';
import { parseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';
import type { Taint } from './node.ts';

/** Kinds of nodes that another tool upgrades, or that have no package of the kubelet. */
export const EXCLUDED_KINDS = ['virtual-kubelet', 'kubeedge', 'windows', 'cluster-api'] as const;
export type ExcludedKind = (typeof EXCLUDED_KINDS)[number];

/** The setting `nodes.exclude`. It excludes a worker that matches a name, a label or a kind. */
export interface NodeExclusion {
  /** Names of Nodes. */
  readonly names: readonly string[];
  /** Labels as `key=value`. */
  readonly labels: readonly string[];
  readonly kinds: readonly ExcludedKind[];
}

export const NOTHING_EXCLUDED: NodeExclusion = { names: [], labels: [], kinds: [] };

/** The fields of a Node object that an exclusion reads. */
export interface ExclusionInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** `.status.nodeInfo.operatingSystem` */
  readonly operatingSystem: string;
  /** `.status.nodeInfo.kubeletVersion` */
  readonly kubeletVersion: string;
}

export interface Exclusion {
  /** The text in parentheses after the name: `KubeEdge`, or `label pool=edge`. */
  readonly because: string;
  /** The setting that excludes the node: `nodes.exclude.kinds`. */
  readonly setting: string;
  /**
   * Version of the node's kubelet for the version skew policy. Undefined when the agent is not a kubelet or reports no
   * version.
   */
  readonly kubelet: KubeVersion | undefined;
}

interface Kind {
  readonly title: string;
  /** Whether the agent is a kubelet that talks to an API server. The version skew policy then applies. */
  readonly isKubelet: boolean;
  readonly holds: (node: ExclusionInput) => boolean;
}

const has = ({ labels }: ExclusionInput, key: string, value: string): boolean => labels[key] === value;

const CLUSTER_API_ANNOTATIONS = ['cluster.x-k8s.io/machine', 'cluster.x-k8s.io/owner-kind'];

const KINDS: Readonly<Record<ExcludedKind, Kind>> = {
  'virtual-kubelet': {
    title: 'virtual kubelet',
    isKubelet: false,
    // https://github.com/virtual-kubelet/virtual-kubelet/blob/master/node/nodeutil/controller.go sets the label. Its
    // command sets the taint. https://docs.liqo.io sets a label. https://kwok.sigs.k8s.io requires the annotation and
    // shows the label.
    holds: (node) =>
      has(node, 'type', 'virtual-kubelet') ||
      has(node, 'type', 'kwok') ||
      node.annotations['kwok.x-k8s.io/node'] !== undefined ||
      has(node, 'liqo.io/type', 'virtual-node') ||
      node.taints.some(({ key }) => key === 'virtual-kubelet.io/provider'),
  },
  kubeedge: {
    title: 'KubeEdge',
    isKubelet: false,
    // KubeEdge's label node-role.kubernetes.io/edge is also a common role of ingress nodes.
    // https://github.com/kubeedge/kubeedge/issues/1872
    holds: ({ kubeletVersion }) => kubeletVersion.includes('-kubeedge-'),
  },
  windows: {
    title: 'Windows',
    isKubelet: true,
    // https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os
    holds: (node) => node.operatingSystem === 'windows' || has(node, 'kubernetes.io/os', 'windows'),
  },
  'cluster-api': {
    title: 'Cluster API',
    isKubelet: true,
    // https://cluster-api.sigs.k8s.io/reference/api/labels-and-annotations. A node of a MachinePool can have no Machine.
    holds: ({ annotations }) => CLUSTER_API_ANNOTATIONS.some((key) => annotations[key] !== undefined),
  },
};

/**
 * Returns why the node is excluded; undefined when it is not. A kind takes precedence over a name, and a name over a
 * label.
 */
export function whyExcluded(node: ExclusionInput, { names, labels, kinds }: NodeExclusion): Exclusion | undefined {
  const kind = EXCLUDED_KINDS.filter((each) => kinds.includes(each)).find((each) => KINDS[each].holds(node));
  const agent = EXCLUDED_KINDS.find((each) => !KINDS[each].isKubelet && KINDS[each].holds(node));
  const kubelet = agent === undefined ? leadingVersion(node.kubeletVersion) : undefined;
  if (kind !== undefined) return { because: KINDS[kind].title, setting: 'nodes.exclude.kinds', kubelet };
  if (names.includes(node.name)) return { because: 'by name', setting: 'nodes.exclude.names', kubelet };
  const label = Object.entries(node.labels)
    .map((pair) => pair.join('='))
    .find((pair) => labels.includes(pair));
  return label === undefined
    ? undefined
    : { because: `label ${quoted(inert(label))}`, setting: 'nodes.exclude.labels', kubelet };
}

/** Returns `v1.34.9` for `v1.34.9-eks-abc`. The skew policy compares the minor. */
function leadingVersion(text: string): KubeVersion | undefined {
  const [, version] = /^v?((?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3}))(?:$|[-+])/.exec(text) ?? [];
  return version === undefined ? undefined : parseKubeVersion(version);
}

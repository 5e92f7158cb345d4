import { inert } from '../../text/inert.ts';
import { quoted } from '../../text/bounded.ts';
import { parseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';
import type { Taint } from './node.ts';

/** Kinds of nodes that another tool upgrades, or that have no package of the kubelet. */
export const EXCLUDED_KINDS = ['virtual-kubelet', 'kubeedge', 'windows', 'cluster-api'] as const;
export type ExcludedKind = (typeof EXCLUDED_KINDS)[number];

/** The setting `nodes.exclude`. A worker for which one of the three holds is left out. */
export interface NodeExclusion {
  /** Names of Nodes. */
  readonly names: readonly string[];
  /** Labels as `key=value`. */
  readonly labels: readonly string[];
  readonly kinds: readonly ExcludedKind[];
}

export const NOTHING_EXCLUDED: NodeExclusion = { names: [], labels: [], kinds: [] };

/** What a Node object says that an exclusion reads. */
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
  /** What the parentheses after the name hold: `KubeEdge`, or `label pool=edge`. */
  readonly because: string;
  /** The setting that holds for the node: `nodes.exclude.kinds`. */
  readonly setting: string;
  /** The version of its kubelet for the version skew policy. Undefined when it is no kubelet, or shows no version. */
  readonly kubelet: KubeVersion | undefined;
}

interface Kind {
  readonly title: string;
  /** Whether its agent is a kubelet that talks to an API server. Then the version skew policy applies. */
  readonly isKubelet: boolean;
  readonly holds: (node: ExclusionInput) => boolean;
}

const has = ({ labels }: ExclusionInput, key: string, value: string): boolean => labels[key] === value;

const CLUSTER_API_ANNOTATIONS = ['cluster.x-k8s.io/machine', 'cluster.x-k8s.io/owner-kind'];

const KINDS: Readonly<Record<ExcludedKind, Kind>> = {
  'virtual-kubelet': {
    title: 'virtual kubelet',
    isKubelet: false,
    // https://github.com/virtual-kubelet/virtual-kubelet/blob/master/node/nodeutil/controller.go sets the label, its command
    // the taint. https://docs.liqo.io sets a label. https://kwok.sigs.k8s.io asks for the annotation and shows the label.
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
    // The label node-role.kubernetes.io/edge of KubeEdge is also a common role of ingress nodes.
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

/** Undefined when the node is not left out. A kind is the reason before a name, and a name before a label. */
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

/** `v1.34.9` of `v1.34.9-eks-abc`: the minor is what the skew policy compares. */
function leadingVersion(text: string): KubeVersion | undefined {
  const [, version] = /^v?((?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3})\.(?:0|[1-9]\d{0,3}))(?:$|[-+])/.exec(text) ?? [];
  return version === undefined ? undefined : parseKubeVersion(version);
}

import { compareDotted, parseDotted, tryParseDotted, type DottedVersion } from '../../kubernetes/dotted-version.ts';
import type { UntestedPolicy } from '../addons/judge.ts';
import { finding, type Finding } from '../finding.ts';
import { formatMinor, type KubeVersion } from '../../kubernetes/kube-version.ts';
import { parseMinor, READ_ON, type Minor, type Source } from '../../kubernetes/releases.ts';

/** The newest Kubernetes minor for which the runtime rows were reviewed. Raise it only together with the rows. */
export const CONTAINERD_REVIEWED_UP_TO: Minor = '1.37';

/** From the minor `since` on, a kubelet does not work with an older containerd. */
interface ContainerdFloor {
  readonly since: Minor;
  readonly floor: string;
  readonly because: string;
  readonly source: Source;
}

export const CONTAINERD_FLOORS: readonly ContainerdFloor[] = [
  {
    since: '1.38',
    floor: '2.0',
    because:
      'the kubelet asks the runtime for its cgroup driver (CRI RuntimeConfig), which containerd 1.x cannot answer',
    source: { url: 'https://github.com/kubernetes/kubernetes/pull/139121', date: READ_ON },
  },
];

/** The versions that containerd recommends for a minor: in each series, this version or a newer one. */
interface ContainerdTested {
  readonly minor: Minor;
  readonly versions: readonly string[];
  readonly source: Source;
}

const RELEASES_MD: Source = { url: 'https://github.com/containerd/containerd/blob/main/RELEASES.md', date: READ_ON };

const tested = (minor: Minor, ...versions: readonly string[]): ContainerdTested => ({
  minor,
  versions,
  source: RELEASES_MD,
});

export const CONTAINERD_TESTED: readonly ContainerdTested[] = [
  tested('1.30', '2.1.0', '2.0.0', '1.7.13', '1.6.28'),
  tested('1.31', '2.1.0', '2.0.0', '1.7.20', '1.6.34'),
  tested('1.32', '2.1.0', '2.0.1', '1.7.24', '1.6.36'),
  tested('1.33', '2.1.0', '2.0.4', '1.7.24', '1.6.36'),
  tested('1.34', '2.1.3', '2.0.6', '1.7.28', '1.6.39'),
  tested('1.35', '2.2.0', '2.1.5', '1.7.28'),
  tested('1.36', '2.3.0', '2.2.0'),
];

interface NodeRuntime {
  readonly name: string;
  /** `.status.nodeInfo.containerRuntimeVersion`: `containerd://1.7.28`. */
  readonly runtime: string;
}

const subjectOf = ({ name }: NodeRuntime): string => `runtime on ${name}`;

export function judgeRuntime(nodes: readonly NodeRuntime[], target: KubeVersion, untested: UntestedPolicy): Finding[] {
  return nodes.flatMap((node) => judgeNode(node, target, untested));
}

function judgeNode(node: NodeRuntime, target: KubeVersion, untested: UntestedPolicy): Finding[] {
  const minor = formatMinor(target);
  const [, kind, text = ''] = /^([a-z0-9-]+):\/\/(.*)$/.exec(node.runtime) ?? [];
  if (kind !== undefined && kind !== 'containerd') return [noRow(node, minor)];
  // Distributions append their own package version: 1.7.28-0ubuntu1, 1.7.24~ds1.
  const version = tryParseDotted(text.split(/[-+~]/, 1)[0] ?? '');
  if (version === undefined) return [notReadable(node, minor)];
  const floors = CONTAINERD_FLOORS.filter(
    ({ since, floor }) => target.minor >= parseMinor(since) && compareDotted(version, parseDotted(floor)) < 0,
  );
  if (floors.length > 0) return floors.map((row) => belowFloor(node, row, minor));
  return judgeTested(node, version, minor, untested);
}

function judgeTested(node: NodeRuntime, version: DottedVersion, minor: string, untested: UntestedPolicy): Finding[] {
  const row = CONTAINERD_TESTED.find((each) => each.minor === minor);
  if (row !== undefined && row.versions.some((from, place) => isWithin(version, from, place === 0))) return [];
  const kind = untested === 'warn' ? 'warning' : row === undefined ? 'waiting' : 'actionable';
  return [
    finding('runtime-untested', kind, subjectOf(node), {
      found: node.runtime,
      source: row?.source ?? RELEASES_MD,
      needed: `a version that the containerd project recommends for Kubernetes ${minor}`,
      remedy:
        row === undefined
          ? `It names none for ${minor} yet. When it does, add the row in src/upgrade/gate/boundary/containerd.ts.`
          : `Upgrade containerd to one of ${row.versions.map((from) => `${from}+`).join(', ')}.`,
    }),
  ];
}

/**
 * Returns whether a version is in the series of `from` and not older. The newest named series also covers the series
 * after it.
 */
function isWithin(version: DottedVersion, from: string, newestNamed: boolean): boolean {
  const start = parseDotted(from);
  const sameSeries = version[0] === start[0] && version[1] === start[1];
  return (sameSeries || newestNamed) && compareDotted(version, start) >= 0;
}

const belowFloor = (node: NodeRuntime, { floor, because, source }: ContainerdFloor, minor: string): Finding =>
  finding('runtime-floor', 'actionable', subjectOf(node), {
    found: node.runtime,
    source,
    needed: `containerd ${floor} or newer for Kubernetes ${minor}`,
    remedy: `Upgrade containerd first: ${because}.`,
  });

const noRow = (node: NodeRuntime, minor: string): Finding =>
  finding('runtime-no-row', 'warning', subjectOf(node), {
    found: node.runtime,
    needed: `containerd, the only runtime in the table, or your own judgement for Kubernetes ${minor}`,
    remedy: 'The runtime was not checked. Read its release notes.',
  });

const notReadable = (node: NodeRuntime, minor: string): Finding =>
  finding('runtime-unknown', 'unknown', subjectOf(node), {
    found: node.runtime === '' ? 'no runtime version' : node.runtime,
    needed: `a version, to compare it with what Kubernetes ${minor} needs`,
    remedy: 'See containerRuntimeVersion in the status of the Node, and the kubelet on it.',
  });

import { finding, type Finding, type FindingClass, type FindingCode, type FindingDetails } from '../finding.ts';
import { formatMinor, type KubeVersion } from '../../kubernetes/kube-version.ts';
import type { Reading } from '../../reading.ts';
import { parseMinor, type Source } from '../../kubernetes/releases.ts';
import { compareDotted, parseDotted, type DottedVersion } from '../../kubernetes/dotted-version.ts';
import type { Addon, MatrixRow, Workload } from './addon.ts';
import { sightings, type Sighting } from './find.ts';

/** The policy for a version that is newer than the vendor's tests, without a known incompatibility. */
export type UntestedPolicy = 'block' | 'warn';

/** A hop to the next minor. */
interface MinorJump {
  readonly running: KubeVersion;
  readonly target: KubeVersion;
}

/** What the catalogue says against the jump. The caller asks only for a minor jump: for a patch, the running cluster is the proof. */
export function judgeAddons(
  catalogue: readonly Addon[],
  workloads: Reading<readonly Workload[]>,
  jump: MinorJump,
  untested: UntestedPolicy,
): Finding[] {
  if (!workloads.known) return catalogue.length === 0 ? [] : [workloadsUnknown(workloads.reason)];
  return catalogue.flatMap((addon) => judgeAddon(addon, sightings(addon, workloads.value), jump, untested));
}

function judgeAddon(addon: Addon, seen: readonly Sighting[], jump: MinorJump, untested: UntestedPolicy): Finding[] {
  if (seen.length === 0) return addon.required === true ? [missing(addon)] : [];
  const where = seen.map((each) => each.where);
  if (addon.matrix === 'none-published') return [noMatrix(addon, where, jump)];
  if (addon.matrix === 'not-reviewed') return [notReviewed(addon, `it in ${list(where)}`, addon.source, jump)];
  const { matrix } = addon;
  const retired = addon.retired === undefined ? [] : [retirement(addon, where, addon.retired)];
  const versions = byTag(seen).flatMap(([running, places]) => {
    const found = `${running.tag} in ${list(places)}`;
    const verdict = judgeVersion({ addon, matrix, running, found }, jump, untested);
    return verdict === undefined ? [] : [verdict];
  });
  return [...retired, ...seen.flatMap((each) => unreadable(addon, each)), ...versions];
}

interface Running {
  readonly tag: string;
  readonly version: DottedVersion;
}

/** Each version that runs, with the places where it does. */
function byTag(seen: readonly Sighting[]): [Running, string[]][] {
  const tags = new Map<string, [Running, string[]]>();
  for (const { running, where } of seen) {
    if (!running.known) continue;
    const [, places] = tags.get(running.value.tag) ?? [running.value, []];
    tags.set(running.value.tag, [running.value, [...places, where]]);
  }
  return [...tags.values()];
}

/** A version of an addon that runs in the cluster. `found`: the version and its places, for the message. */
interface RunningAddon {
  readonly addon: Addon;
  readonly matrix: readonly MatrixRow[];
  readonly running: Running;
  readonly found: string;
}

function judgeVersion(runningAddon: RunningAddon, jump: MinorJump, untested: UntestedPolicy): Finding | undefined {
  const { addon, matrix, running, found } = runningAddon;
  const row = highestAtMost(matrix, running.version);
  if (row === undefined) return belowFloor(runningAddon, jump);
  if (row.maximumKubernetes === 'not-reviewed') return notReviewed(addon, found, row.source, jump);
  if (supports(row, jump.target)) return undefined;
  return reaches(row, jump.target)
    ? belowMinimum(addon, row, found, jump)
    : overCeiling(runningAddon, row, jump, untested);
}

const byFloor = (rows: readonly MatrixRow[]): MatrixRow[] => [...rows].sort(compareFloors);
const compareFloors = (a: MatrixRow, b: MatrixRow): number => compareDotted(parseDotted(a.floor), parseDotted(b.floor));

const highestAtMost = (matrix: readonly MatrixRow[], version: DottedVersion): MatrixRow | undefined =>
  byFloor(matrix)
    .filter((row) => compareDotted(parseDotted(row.floor), version) <= 0)
    .at(-1);

/** The smallest newer version of the table that supports the target. */
const smallestThatFits = (matrix: readonly MatrixRow[], than: DottedVersion | undefined, target: KubeVersion) =>
  byFloor(matrix).find(
    (row) => (than === undefined || compareDotted(parseDotted(row.floor), than) > 0) && supports(row, target),
  );

function reaches({ maximumKubernetes }: MatrixRow, target: KubeVersion): boolean {
  if (maximumKubernetes === 'not-reviewed') return false;
  return maximumKubernetes === 'none-published' || target.minor <= parseMinor(maximumKubernetes);
}

const startsBy = ({ minimumKubernetes }: MatrixRow, version: KubeVersion): boolean =>
  minimumKubernetes === undefined || parseMinor(minimumKubernetes) <= version.minor;

const supports = (row: MatrixRow, target: KubeVersion): boolean => reaches(row, target) && startsBy(row, target);

// ---- findings --------------------------------------------------------------------------------------------------------
/** The operator's pin takes precedence over other findings. */
function unlessPinned(code: FindingCode, kind: FindingClass, addon: Addon, details: FindingDetails): Finding {
  if (addon.pin === undefined) return finding(code, kind, addon.name, details);
  const remedy = `Pinned in the cluster's settings: ${addon.pin.reason}. To continue, upgrade ${addon.name} and remove the pin.`;
  return finding(code, 'pinned', addon.name, { ...details, remedy });
}

function overCeiling(
  { addon, matrix, running, found }: RunningAddon,
  row: MatrixRow,
  jump: MinorJump,
  untested: UntestedPolicy,
): Finding {
  const minor = formatMinor(jump.target);
  const tested = addon.range === 'tested';
  const code = tested ? 'addon-untested' : 'addon-ceiling';
  const parts = {
    found: `${found}, ${addon.range} up to Kubernetes ${row.maximumKubernetes}`,
    needed: `a version that is ${addon.range} with Kubernetes ${minor}`,
    source: row.source,
  };
  const next = smallestThatFits(matrix, running.version, jump.target);
  const remedy = next === undefined ? nothingFits(addon, minor) : upgradeTo(addon, next, jump);
  if (tested && untested === 'warn') return finding(code, 'warning', addon.name, { ...parts, remedy });
  // A retired addon gets no version to wait for.
  const kind = next === undefined && addon.retired === undefined ? 'waiting' : 'actionable';
  return unlessPinned(code, kind, addon, { ...parts, remedy });
}

function belowFloor({ addon, matrix, found }: RunningAddon, jump: MinorJump): Finding {
  const minor = formatMinor(jump.target);
  const next = smallestThatFits(matrix, undefined, jump.target);
  return unlessPinned('addon-below-floor', 'actionable', addon, {
    found: `${found}, older than every row of the table`,
    needed: `a version that is ${addon.range} with Kubernetes ${minor}`,
    remedy: next === undefined ? nothingFits(addon, minor) : upgradeTo(addon, next, jump),
    source: addon.source,
  });
}

function upgradeTo(addon: Addon, next: MatrixRow, { running, target }: MinorJump): string {
  const first = startsBy(next, running)
    ? ''
    : ` Its range begins at Kubernetes ${String(next.minimumKubernetes)}, above the running ${formatMinor(running)}: ask the vendor for the order.`;
  return `Upgrade ${addon.name} to ${next.floor} or newer before Kubernetes ${formatMinor(target)}.${first}`;
}

const nothingFits = (addon: Addon, minor: string): string =>
  addon.retired === undefined
    ? `The table has no such version. When the vendor names one for Kubernetes ${minor}, add its row in src/upgrade/gate/addons/ or in the cluster's settings.`
    : `${addon.name} is retired since ${addon.retired.since}, so no such version is expected. Replace it.`;

const belowMinimum = (addon: Addon, row: MatrixRow, found: string, jump: MinorJump): Finding =>
  finding('addon-below-minimum', 'warning', addon.name, {
    found: `${found}, whose range begins at Kubernetes ${String(row.minimumKubernetes)}`,
    needed: `a version that is ${addon.range} with Kubernetes ${formatMinor(jump.target)}`,
    remedy: 'It is outside its range already, and this upgrade brings it closer.',
    source: row.source,
  });

const notReviewed = (addon: Addon, found: string, source: Source, jump: MinorJump): Finding =>
  unlessPinned('addon-not-reviewed', 'waiting', addon, {
    found: `${found}, whose version range is not reviewed`,
    needed: `a row for it that reaches Kubernetes ${formatMinor(jump.target)}`,
    remedy: `Read the vendor's page and add the row in src/upgrade/gate/addons/, or give matrix for ${addon.name} in the cluster's settings.`,
    source,
  });

const noMatrix = (addon: Addon, where: readonly string[], jump: MinorJump): Finding =>
  finding('addon-no-matrix', 'warning', addon.name, {
    found: `it in ${list(where)}; its vendor publishes no range of Kubernetes versions`,
    needed: `your own judgement for Kubernetes ${formatMinor(jump.target)}`,
    remedy: `Read its release notes; give matrix for ${addon.name} in the cluster's settings to have it checked.`,
    source: addon.source,
  });

const retirement = (addon: Addon, where: readonly string[], retired: NonNullable<Addon['retired']>): Finding =>
  finding('addon-retired', 'warning', addon.name, {
    found: `it in ${list(where)}, retired since ${retired.since}`,
    needed: 'an addon that gets security fixes',
    remedy: `Plan its replacement; no version of ${addon.name} will name a later Kubernetes.`,
    source: retired.source,
  });

const unreadable = (addon: Addon, { running, where, image }: Sighting): Finding[] =>
  running.known
    ? []
    : [
        finding('addon-unreadable', 'unknown', addon.name, {
          found: `image ${image} in ${where}: ${running.reason}`,
          needed: 'a tag with the version of the addon',
          remedy: `Give the image a version tag (a digest may stand beside it), or set versionPattern for ${addon.name} in the cluster's settings.`,
        }),
      ];

const missing = (addon: Addon): Finding =>
  finding('addon-missing', 'actionable', addon.name, {
    found: `no workload with an image of ${addon.images.join(', ')}`,
    needed: `${addon.name}, which the cluster's settings require`,
    remedy: `Restore ${addon.name}, name the repository of its image in the cluster's settings, or remove required.`,
  });

const workloadsUnknown = (reason: string): Finding =>
  finding('addons-unknown', 'unknown', 'the workloads', {
    found: `no answer: ${reason}`,
    needed: 'the Deployments, DaemonSets and StatefulSets of every namespace',
    remedy: 'No addon was checked. Correct the cause, so that the gate can read the workloads.',
  });

/** A sorted enumeration, each once. */
const list = (names: readonly string[]): string => [...new Set(names)].sort().join(', ');

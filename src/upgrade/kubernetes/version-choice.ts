import {
  compareKubeVersions,
  formatKubeVersion,
  formatMinor,
  isNewer,
  kubeTag,
  sameMinor,
  sameVersion,
  type KubeVersion,
} from './kube-version.ts';
import { knownBad } from './releases.ts';

export const PATCH_POLICIES = ['auto', 'off'] as const;
export const MINOR_POLICIES = ['auto', 'approve', 'off'] as const;

/** The versions that a run may choose by itself. */
export interface VersionPolicy {
  readonly patchPolicy: (typeof PATCH_POLICIES)[number];
  readonly minorPolicy: (typeof MINOR_POLICIES)[number];
  readonly skipVersions: readonly string[];
  /** Days. 0: a run takes a release on its release day. */
  readonly minimumReleaseAgeDays: number;
}

/**
 * Publication times of releases by version, in milliseconds since the epoch. The value is undefined when the repository
 * gives no date.
 */
export type ReleaseDates = ReadonlyMap<string, number | undefined>;

/** A choice, or the release whose date the choice depends on. */
export type Choice =
  | { readonly kind: 'take'; readonly target: KubeVersion; readonly because: string }
  /** The target needs an approval. */
  | { readonly kind: 'hold'; readonly target: KubeVersion; readonly because: string }
  /** `final`: no other minor is considered either. */
  | { readonly kind: 'nothing'; readonly because: string; readonly final: boolean }
  /** The choice depends on the publication date of this release. */
  | { readonly kind: 'date'; readonly of: KubeVersion };

/** Why a version is never a target, even when an operator requests it, and what to do. */
export interface BlockReason {
  readonly because: string;
  readonly remedy: string;
}

export function blockReasonOf(
  version: KubeVersion,
  { skipVersions }: Pick<VersionPolicy, 'skipVersions'>,
): BlockReason | undefined {
  const bad = knownBad(version);
  if (bad !== undefined) return { because: bad, remedy: `Ask for a later patch of ${formatMinor(version)}.` };
  if (!skipVersions.includes(formatKubeVersion(version))) return undefined;
  return { because: `${kubeTag(version)} is on policy.skipVersions.`, remedy: 'Take it off that list first.' };
}

/** What the age of a release is counted from. */
export interface ReleaseAge {
  readonly dates: ReleaseDates;
  readonly nowMs: number;
}

/** Returns `1.35` for 1.34.9. */
export const nextMinorOf = (version: KubeVersion): string => `${version.major}.${version.minor + 1}`;

/**
 * Chooses the newest patch of the running minor that the policy allows. A patch that is only too new ends the choice:
 * the run waits for it, because a minor upgrade starts from the newest patch.
 * https://kubernetes.io/releases/version-skew-policy/
 */
export function choosePatch(
  running: KubeVersion,
  offered: readonly KubeVersion[],
  policy: VersionPolicy,
  age: ReleaseAge,
): Choice {
  const minor = formatMinor(running);
  const newer = newestFirst(offered).filter((each) => sameMinor(each, running) && isNewer(each, running));
  const [best] = newer;
  if (best === undefined) return nothing(`No patch of ${minor} newer than ${kubeTag(running)} is offered.`);
  if (policy.patchPolicy === 'off') return nothing(`${kubeTag(best)} is offered; policy.patch is off.`);
  const pick = pickFrom(newer, policy, age);
  if ('date' in pick) return { kind: 'date', of: pick.date };
  const { target, notes, tooNew } = pick;
  if (target === undefined) {
    const wait = tooNew && policy.minorPolicy !== 'off' ? [`${nextMinorOf(running)} waits for that patch.`] : [];
    const why = `No patch of ${minor} newer than ${kubeTag(running)} may be taken.`;
    return nothing([why, ...notes, ...wait].join(' '), tooNew);
  }
  const what = notes.length === 0 ? 'is offered' : 'may be taken';
  const why = `${kubeTag(target)} is the newest patch of ${minor} that ${what}; the cluster runs ${kubeTag(running)}.`;
  return { kind: 'take', target, because: [why, ...notes].join(' ') };
}

/** Chooses the newest release of the next minor that the policy allows. `offered` is empty when there is none yet. */
export function chooseMinor(
  running: KubeVersion,
  offered: readonly KubeVersion[],
  policy: VersionPolicy,
  age: ReleaseAge,
): Choice {
  const minor = nextMinorOf(running);
  if (policy.minorPolicy === 'off') return nothing(`${minor} is not looked for: policy.minor is off.`);
  const releases = newestFirst(offered).filter((each) => formatMinor(each) === minor);
  if (releases.length === 0) return nothing(`The package repository has no ${minor} yet.`);
  const pick = pickFrom(releases, policy, age);
  if ('date' in pick) return { kind: 'date', of: pick.date };
  const { target, notes } = pick;
  if (target === undefined) return nothing([`No release of ${minor} may be taken.`, ...notes].join(' '));
  const what = notes.length === 0 ? '' : ' that may be taken';
  const why = [`${kubeTag(target)} is the newest release of ${minor}, the next minor${what}.`, ...notes].join(' ');
  if (policy.minorPolicy === 'auto') return { kind: 'take', target, because: why };
  return { kind: 'hold', target, because: `${why} policy.minor is approve, so an operator must approve it.` };
}

type Picked =
  | {
      readonly target: KubeVersion | undefined;
      /** Why each version that is newer than the target was rejected. */
      readonly notes: readonly string[];
      readonly tooNew: boolean;
    }
  | { readonly date: KubeVersion };

/** Takes the first acceptable version, from the newest on. */
function pickFrom(candidates: readonly KubeVersion[], policy: VersionPolicy, age: ReleaseAge): Picked {
  const notes: string[] = [];
  let tooNew = false;
  for (const version of candidates) {
    const blocked = blockReasonOf(version, policy);
    if (blocked === undefined && isDateMissing(version, policy, age.dates)) return { date: version };
    const young = blocked === undefined ? tooYoung(version, policy, age) : undefined;
    const against = blocked?.because ?? young;
    if (against === undefined) return { target: version, notes, tooNew };
    notes.push(against);
    tooNew ||= young !== undefined;
  }
  return { target: undefined, notes, tooNew };
}

const isDateMissing = (version: KubeVersion, policy: VersionPolicy, dates: ReleaseDates): boolean =>
  policy.minimumReleaseAgeDays > 0 && !dates.has(formatKubeVersion(version));

const DAY_MS = 86_400_000;

function tooYoung(
  version: KubeVersion,
  { minimumReleaseAgeDays }: VersionPolicy,
  { dates, nowMs }: ReleaseAge,
): string | undefined {
  if (minimumReleaseAgeDays === 0) return undefined;
  const asked = `policy.minimumReleaseAgeDays is ${minimumReleaseAgeDays}`;
  const publishedAtMs = dates.get(formatKubeVersion(version));
  if (publishedAtMs === undefined)
    return `${kubeTag(version)} has no date in the repository and counts as too new; ${asked}.`;
  if (nowMs - publishedAtMs >= minimumReleaseAgeDays * DAY_MS) return undefined;
  return `${kubeTag(version)} was published on ${new Date(publishedAtMs).toISOString().slice(0, 10)}, which is too new; ${asked}.`;
}

const newestFirst = (versions: readonly KubeVersion[]): KubeVersion[] =>
  distinct([...versions].sort((a, b) => compareKubeVersions(b, a)));

const distinct = (sorted: readonly KubeVersion[]): KubeVersion[] =>
  sorted.filter((version, index) => {
    const before = sorted[index - 1];
    return before === undefined || !sameVersion(before, version);
  });

const nothing = (because: string, final = false): Choice => ({ kind: 'nothing', because, final });

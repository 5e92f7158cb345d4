import parse from 'semver/functions/parse.js';

/** A released Kubernetes version, `X.Y.Z`. A pre-release is not an upgrade target and has no value here. */
export interface KubeVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Parses `1.34.9`, `v1.34.9` or `v1.34.9+build`; undefined for anything else, including pre-releases and padding. */
export function tryParseKubeVersion(text: string): KubeVersion | undefined {
  // semver itself ignores one leading v and surrounding white space.
  const parsed = text === text.trim() ? parse(text) : null;
  if (parsed === null || parsed.prerelease.length > 0) return undefined;
  return { major: parsed.major, minor: parsed.minor, patch: parsed.patch };
}

/** Like {@link tryParseKubeVersion}, but throws a `RangeError` that quotes the text. */
export function parseKubeVersion(text: string): KubeVersion {
  const version = tryParseKubeVersion(text);
  if (version === undefined) throw new RangeError(`"${text}" is not a Kubernetes version of the form 1.34.9`);
  return version;
}

/** Returns `1.34.9`, as packages spell it. */
export const formatKubeVersion = (v: KubeVersion): string => `${v.major}.${v.minor}.${v.patch}`;

/** Returns `v1.34.9`, as kubeadm, kubelets and image tags spell it. */
export const kubeTag = (v: KubeVersion): string => `v${formatKubeVersion(v)}`;

/** Returns `1.34`, as the package repository names its directories. */
export const formatMinor = (v: KubeVersion): string => `${v.major}.${v.minor}`;

export function compareKubeVersions(a: KubeVersion, b: KubeVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export const sameVersion = (a: KubeVersion, b: KubeVersion): boolean => compareKubeVersions(a, b) === 0;
export const isNewer = (a: KubeVersion, than: KubeVersion): boolean => compareKubeVersions(a, than) > 0;
export const sameMinor = (a: KubeVersion, b: KubeVersion): boolean => a.major === b.major && a.minor === b.minor;

/** Returns the newest version of a list; undefined for an empty list. */
export function newest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return [...versions].sort(compareKubeVersions).at(-1);
}

/** Returns the oldest version of a list; undefined for an empty list. */
export function oldest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return [...versions].sort(compareKubeVersions).at(0);
}

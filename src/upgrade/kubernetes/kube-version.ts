import semver from 'semver';

/** A released Kubernetes version, `X.Y.Z`. Pre-releases are not upgrade targets and have no value here. */
export interface KubeVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Reads `1.34.9`, `v1.34.9` or `v1.34.9+build`; undefined for anything else, pre-releases and padding included. */
export function tryParseKubeVersion(text: string): KubeVersion | undefined {
  // semver itself passes over one v, and over white space around it.
  const parsed = text === text.trim() ? semver.parse(text) : null;
  if (parsed === null || parsed.prerelease.length > 0) return undefined;
  return { major: parsed.major, minor: parsed.minor, patch: parsed.patch };
}

/** Like {@link tryParseKubeVersion}; throws a `RangeError` that names what was seen. */
export function parseKubeVersion(text: string): KubeVersion {
  const version = tryParseKubeVersion(text);
  if (version === undefined) throw new RangeError(`"${text}" is not a Kubernetes version of the form 1.34.9`);
  return version;
}

/** `1.34.9`, as packages spell it. */
export const formatKubeVersion = (v: KubeVersion): string => `${v.major}.${v.minor}.${v.patch}`;

/** `v1.34.9`, as kubeadm, kubelets and image tags spell it. */
export const kubeTag = (v: KubeVersion): string => `v${formatKubeVersion(v)}`;

/** `1.34`, as the package repository names its folders. */
export const formatMinor = (v: KubeVersion): string => `${v.major}.${v.minor}`;

export function compareKubeVersions(a: KubeVersion, b: KubeVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

export const sameVersion = (a: KubeVersion, b: KubeVersion): boolean => compareKubeVersions(a, b) === 0;
export const isNewer = (a: KubeVersion, than: KubeVersion): boolean => compareKubeVersions(a, than) > 0;
export const sameMinor = (a: KubeVersion, b: KubeVersion): boolean => a.major === b.major && a.minor === b.minor;

/** The newest of a list; undefined for an empty one. */
export function newest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return [...versions].sort(compareKubeVersions).at(-1);
}

/** The oldest of a list; undefined for an empty one. */
export function oldest(versions: readonly KubeVersion[]): KubeVersion | undefined {
  return [...versions].sort(compareKubeVersions).at(0);
}

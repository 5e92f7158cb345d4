import type { TagPattern } from '../gate/addons/addon.ts';

/** The numbers between the dots. A missing number counts as 0, so the floor `3.32` means `3.32.0`. */
export type DottedVersion = readonly number[];

export function tryParseDotted(text: string): DottedVersion | undefined {
  return /^v?\d{1,9}(\.\d{1,9}){0,3}$/.test(text) ? text.replace(/^v/, '').split('.').map(Number) : undefined;
}

/** Like {@link tryParseDotted}, but throws a `RangeError` that quotes the text. */
export function parseDotted(text: string): DottedVersion {
  const version = tryParseDotted(text);
  if (version === undefined) throw new RangeError(`"${text}" is not a version such as 3.32 or 1.15.3`);
  return version;
}

export function compareDotted(a: DottedVersion, b: DottedVersion): number {
  const length = Math.max(a.length, b.length);
  const differences = Array.from({ length }, (_, place) => (a[place] ?? 0) - (b[place] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

/**
 * Matches `v3.30.1`, `1.30.0-distroless` and `v1.18.4-eksbuild.1`. It does not match a pre-release: that is older than
 * the release in its name, and vendors do not support it.
 */
export const COMMON_TAG =
  /^v?(\d+\.\d+(?:\.\d+)?)(?:[-+_](?!(?:alpha|beta|rc|pre|dev|snapshot|nightly)\b|(?:alpha|beta|rc|pre)\d).*)?$/i;

/** Returns the version in a tag. Undefined when the pattern does not match or its first group is not a version. */
export function versionInTag(tag: string, pattern: TagPattern): DottedVersion | undefined {
  const text = pattern.exec(tag)?.[1];
  return text === undefined ? undefined : tryParseDotted(text);
}

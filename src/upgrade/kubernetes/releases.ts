import { formatMinor, kubeTag, parseKubeVersion, sameVersion, type KubeVersion } from './kube-version.ts';
import { known, notKnown, type Reading } from '../reading.ts';

/** The source of a table row. */
export interface Source {
  readonly url: string;
  /** `YYYY-MM-DD`: the publication date or, without one, the date of the review. */
  readonly date: string;
}

/** The review date of the rows without a date of their own. */
export const READ_ON = '2026-11-23';

/** A Kubernetes minor as the tables spell it. */
export type Minor = `1.${number}`;

/** Returns 36 for `1.36`; undefined for anything else. */
export function tryParseMinor(text: string): number | undefined {
  const digits = /^1\.(0|[1-9]\d{0,3})$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Like {@link tryParseMinor}, but throws a `RangeError` that quotes the text. */
export function parseMinor(text: string): number {
  const minor = tryParseMinor(text);
  if (minor === undefined) throw new RangeError(`"${text}" is not a Kubernetes minor of the form 1.36`);
  return minor;
}

export interface MinorRelease {
  readonly minor: Minor;
  readonly released: string;
  /** Absent when no date is published yet. */
  readonly endOfLife?: string;
  readonly source: Source;
}

const ENDOFLIFE_DATE: Source = {
  url: 'https://github.com/endoflife-date/endoflife.date/blob/a70eca3/products/kubernetes.md',
  date: '2026-08-22',
};

const release = (minor: Minor, released: string, endOfLife: string): MinorRelease => ({
  minor,
  released,
  endOfLife,
  source: ENDOFLIFE_DATE,
});

export const RELEASES: readonly MinorRelease[] = [
  release('1.25', '2022-08-23', '2023-10-27'),
  release('1.26', '2022-12-08', '2024-02-28'),
  release('1.27', '2023-04-11', '2024-06-28'),
  release('1.28', '2023-08-15', '2024-10-28'),
  release('1.29', '2023-12-13', '2025-02-28'),
  release('1.30', '2024-04-17', '2025-07-15'),
  release('1.31', '2024-08-13', '2025-11-11'),
  release('1.32', '2024-12-11', '2026-02-28'),
  release('1.33', '2025-04-23', '2026-06-28'),
  release('1.34', '2025-08-27', '2026-10-27'),
  release('1.35', '2025-12-17', '2027-02-28'),
  release('1.36', '2026-04-22', '2027-06-28'),
  {
    minor: '1.37',
    released: '2026-08-26',
    source: { url: 'https://github.com/skyhook-io/radar/pull/1504', date: '2026-08-26' },
  },
];

/** Returns the day after which a minor gets no patches. Not known when the table has no date. */
export function endOfLife(version: KubeVersion): Reading<string> {
  const row = RELEASES.find(({ minor }) => minor === formatMinor(version));
  const at = 'src/upgrade/kubernetes/releases.ts';
  if (row === undefined) return notKnown(`${formatMinor(version)} has no row in ${at}`);
  return row.endOfLife === undefined
    ? notKnown(`${formatMinor(version)} has no end of life in ${at}: none was published when it was reviewed`)
    : known(row.endOfLife);
}

/**
 * Returns a sentence for the outputs when the minor is past its end of life on `today` (`YYYY-MM-DD`). Undefined when
 * it is not, or when the date is not known.
 */
export function pastEndOfLife(version: KubeVersion, today: string): string | undefined {
  const end = endOfLife(version);
  if (!end.known || today <= end.value) return undefined;
  return `Kubernetes ${formatMinor(version)} gets no patches since ${end.value}; upgrade to the next minor. See https://kubernetes.io/releases/patch-releases/`;
}

export interface KnownBadRelease {
  readonly version: KubeVersion;
  readonly because: string;
  readonly source: Source;
}

/** Releases that a run never chooses. */
export const KNOWN_BAD: readonly KnownBadRelease[] = [
  ...['1.29.0', '1.29.1', '1.29.2', '1.29.3', '1.29.4'].map((version) => ({
    version: parseKubeVersion(version),
    because: 'its kubeadm upgrade fails in a cluster with an external CA; 1.29.5 put it right',
    source: { url: 'https://github.com/kubernetes/kubeadm/issues/3055', date: '2024-05-02' },
  })),
  {
    version: parseKubeVersion('1.30.0'),
    because: 'its kubeadm upgrade is broken; take a later patch of 1.30',
    source: { url: 'https://github.com/kubernetes/kubernetes/issues/124046', date: READ_ON },
  },
  {
    version: parseKubeVersion('1.35.0'),
    because: 'its kubeadm upgrade is broken; 1.35.1 put it right',
    source: { url: 'https://github.com/kubernetes/kubeadm/issues/3279', date: READ_ON },
  },
];

/** Returns why a run never chooses this release; undefined when no defect is known. */
export function knownBad(version: KubeVersion): string | undefined {
  const row = KNOWN_BAD.find((bad) => sameVersion(bad.version, version));
  return row === undefined ? undefined : `${kubeTag(version)} is never chosen: ${row.because}. See ${row.source.url}`;
}

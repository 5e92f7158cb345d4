import type { Minor, Source } from '../../kubernetes/releases.ts';

/**
 * From one version of an addon on, the Kubernetes minors that its vendor names. The vendor may publish no ceiling, and we
 * may not have read the row: neither is a number.
 */
export interface MatrixRow {
  /** Lowest version of the addon that this row is about, such as `3.32`. */
  readonly floor: string;
  readonly minimumKubernetes?: Minor;
  readonly maximumKubernetes: Minor | 'none-published' | 'not-reviewed';
  readonly source: Source;
}

interface Retirement {
  readonly since: string;
  readonly source: Source;
}

/** A regular expression of ours, or a pattern of the settings. */
export interface TagPattern {
  exec(tag: string): readonly (string | undefined)[] | null;
  /** As a message shows it, between slashes. */
  toString(): string;
}

export interface Pin {
  readonly reason: string;
}

/** What we know of one addon, and how to find it in a cluster. */
export interface Addon {
  readonly name: string;
  /**
   * Image repositories, by the end of their path: `calico/node` is found in `docker.io/calico/node` and in
   * `mirror.example.com/dockerhub/calico/node`, whatever the workload is called.
   */
  readonly images: readonly string[];
  /** Where the version stands in the tag: the first group. */
  readonly versionPattern: TagPattern;
  /**
   * What the vendor says of its range. `supported`: outside of it, no support. `tested`: outside of it, merely not
   * tested, so that the operator's policy for the untested decides.
   */
  readonly range: 'supported' | 'tested';
  readonly matrix: readonly MatrixRow[] | 'none-published' | 'not-reviewed';
  /** The vendor's page. */
  readonly source: Source;
  readonly retired?: Retirement;
  /** The operator does not want it upgraded, and says why. */
  readonly pin?: Pin;
  /** The cluster cannot do without it: its absence is a finding. */
  readonly required?: boolean;
}

/** The pod template of one workload, as far as the gate looks at it. */
export interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Images of its containers and init containers, as the template spells them. */
  readonly images: readonly string[];
}

type Ceiling = MatrixRow['maximumKubernetes'];
type RowText = readonly [floor: string, minimumKubernetes: Minor | undefined, maximumKubernetes: Ceiling];

/** Rows that were read at one place. */
export const rows = (source: Source, ...texts: readonly RowText[]): MatrixRow[] =>
  texts.map(([floor, minimumKubernetes, maximumKubernetes]) => ({
    floor,
    ...(minimumKubernetes === undefined ? {} : { minimumKubernetes }),
    maximumKubernetes,
    source,
  }));

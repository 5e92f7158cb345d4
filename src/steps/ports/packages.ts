import type { OfferedRelease } from '../../upgrade/kubernetes/package-list.ts';

/**
 * The package repository, asked without a node. Minors are spelled `1.34`. No answer, or one that makes no sense, is
 * thrown as a `StepError` that says to try again: it is never an empty list.
 */
export interface PackageRepository {
  /** Address of the folder of a minor, for messages. */
  folderOf(minor: string): string;
  /** Whether the minor is in the repository at all. */
  has(minor: string): Promise<boolean>;
  /** Releases of kubeadm, oldest first; empty when only pre-releases are there. Throws when the minor is not. */
  kubeadm(minor: string): Promise<readonly OfferedRelease[]>;
  /** When a package was published, in milliseconds since the epoch; undefined where the repository does not say. */
  publishedAtMs(minor: string, file: string): Promise<number | undefined>;
}

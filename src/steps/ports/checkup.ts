import type { Permission } from '../../upgrade/permission.ts';
import type { Reading } from '../../upgrade/reading.ts';

/** A controller of Argo Workflows. */
export interface ArgoController {
  readonly namespace: string;
  readonly image: string;
  /** Whether its executor passes the Pod Security standard `restricted`; unknown where its settings cannot be read. */
  readonly restrictedExecutor: Reading<boolean>;
}

/** What whoever asks whether everything is in place asks. Nothing of this file throws for a fault of the world. */
export interface Checkup {
  allowed(permission: Permission): Promise<Reading<boolean>>;
  /** Resources of argoproj.io that the API server knows, such as `workflows`; empty where it knows none. */
  argoResources(): Promise<Reading<readonly string[]>>;
  argoControllers(): Promise<Reading<readonly ArgoController[]>>;
  /** What a Secret of our namespace holds, by key; undefined where there is none. */
  secret(name: string): Promise<Reading<ReadonlyMap<string, string> | undefined>>;
  /** undefined where there is none. */
  cronJob(namespace: string, name: string): Promise<Reading<{ readonly suspended: boolean } | undefined>>;
}

/** Which series there are. */
export interface SeriesPort {
  /** Those of the names of which Prometheus has a sample. */
  present(names: readonly string[]): Promise<Reading<readonly string[]>>;
}

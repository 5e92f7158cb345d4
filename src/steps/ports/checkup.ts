import type { Permission } from '../../run/permission.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { HeldRecord } from './deployments.ts';
import type { RemoteHost } from './remote.ts';

/** A controller of Argo Workflows. */
export interface ArgoController {
  readonly namespace: string;
  readonly image: string;
  /** Whether its executor passes the Pod Security standard `restricted`; unknown where its settings cannot be read. */
  readonly restrictedExecutor: Reading<boolean>;
}

/** The answer of the API server about one permission. */
export interface PermissionReview {
  readonly permission: Permission;
  readonly allowed: Reading<boolean>;
}

/** Questions of the doctor. No method throws for a fault outside. */
export interface Checkup {
  /** An answer for each, in any order. */
  allowed(permissions: readonly Permission[]): Promise<readonly PermissionReview[]>;
  /** Resources of argoproj.io that the API server knows, such as `workflows`; empty where it knows none. */
  argoResources(): Promise<Reading<readonly string[]>>;
  argoControllers(): Promise<Reading<readonly ArgoController[]>>;
  /** What a Secret of our namespace holds, by key; undefined where there is none. In a pod: what it is given of that Secret. */
  secret(name: string): Promise<Reading<ReadonlyMap<string, string> | undefined>>;
  /** Deployments at 0 that carry the annotation of a release up to 0.1.0, by namespace and name. */
  leftAtZero(): Promise<Reading<readonly HeldRecord[]>>;
  /** undefined where there is none. */
  cronJob(namespace: string, name: string): Promise<Reading<{ readonly suspended: boolean } | undefined>>;
}

/** Which series there are. */
export interface SeriesPort {
  /** Those of the names of which Prometheus has a sample. */
  present(names: readonly string[]): Promise<Reading<readonly string[]>>;
}

/** Where to log in for a Node, or why nowhere. */
export interface LoginTarget {
  readonly node: string;
  readonly host: Reading<RemoteHost>;
}

/** The user of an SSH session on a node. */
export interface Login {
  readonly node: string;
  /** The numeric id of the user that scripts run as there. */
  readonly user: Reading<string>;
}

export interface LoginsPort {
  /** One for each, in any order. */
  tryAll(hosts: readonly LoginTarget[]): Promise<readonly Login[]>;
}

export interface GatewayPort {
  /** Whether what answers there is a Pushgateway. */
  isPushgateway(): Promise<Reading<boolean>>;
}

/** The CA bundle of the process; undefined where it was given none. `ended`: certificates that have expired, by subject. */
export type CaBundleStatus =
  { readonly count: number; readonly ended: readonly string[] } | { readonly problem: string } | undefined;

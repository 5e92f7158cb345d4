import type { Quorum } from '../../upgrade/etcd/health.ts';
import type { JobStart } from '../../upgrade/host/node-job.ts';
import type { JobRecord } from '../../upgrade/host/job-status.ts';
import type { FreeDisk } from '../../upgrade/node/disk-headroom.ts';
import type { UpgradeRecord } from '../../upgrade/node/upgrade-record.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { Reading } from '../../upgrade/reading.ts';

/** What an attempt whose end this step has seen printed. */
export interface JobOutput {
  readonly lines: readonly string[];
  readonly begun: readonly string[];
}

/** No job of this project runs on the node. */
export interface IdleNode {
  readonly kind: 'idle';
  readonly node: ClusterNode;
  readonly jobs: readonly JobRecord[];
  /** By unit: attempts whose end this step has seen. */
  readonly endedJobs: ReadonlyMap<string, JobOutput>;
}

/** {@link AtRest}, and what must be known before an attempt begins. */
export interface ReadyNode extends Omit<IdleNode, 'kind'> {
  readonly kind: 'ready';
  readonly disk: Reading<readonly FreeDisk[]>;
  /** Undefined on a worker. */
  readonly quorum: { readonly is: Quorum; readonly unhealthySeconds: number } | undefined;
  /** The version of containerd to install; undefined when it stays. */
  readonly containerd: string | undefined;
  readonly authenticationConfig: string | undefined;
  /** Whether etcd is known to run the version of the target. */
  readonly etcdAtTarget: boolean;
}

export type Facts =
  | { readonly kind: 'unreachable'; readonly because: string; readonly seconds: number }
  | { readonly kind: 'running'; readonly unit: string }
  | IdleNode
  | ReadyNode;

export type UpgradeAction =
  | {
      readonly kind: 'start';
      readonly node: ClusterNode;
      readonly upgradeRecord: UpgradeRecord;
      readonly job: JobStart;
    }
  | { readonly kind: 'try-again'; readonly message: string };

export interface ApiFacts {
  readonly ready: boolean;
  /** What was wrong with the last answer; empty when it was good. */
  readonly because: string;
  /** For how long every answer was good. */
  readonly steadySeconds: number;
}

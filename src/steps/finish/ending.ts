import type { PlanVerdict } from '../../run/approval.ts';
import type { RunEnd } from '../../signals/gauges.ts';
import type { Verdict } from '../../upgrade/gate/verdict.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Operation } from '../../upgrade/operation.ts';
import type { LeaseRecord } from '../ports/lease.ts';

export interface FinishWish {
  /** Left out: an upgrade. */
  readonly errand?: Operation;
  /** What an errand did, in its own words. */
  readonly result?: string | undefined;
  readonly status: string;
  readonly verdict: 'upgrade' | 'none' | 'held' | 'refused' | undefined;
  readonly reason: string | undefined;
  readonly target: KubeVersion | undefined;
  readonly gateVerdict: Verdict | undefined;
  readonly gateMessage: string | undefined;
  readonly approval: string | undefined;
  readonly gateAgainVerdict: Verdict | undefined;
  readonly gateAgainMessage: string | undefined;
  readonly planVerdict: PlanVerdict | undefined;
  readonly planDigest: string | undefined;
  readonly planMessage: string | undefined;
  readonly beginVerdict: 'go' | 'pause' | 'halt' | undefined;
  readonly beginMessage: string | undefined;
  readonly podsReady?: string | undefined;
  readonly only: readonly string[];
  readonly detectionDryRun: boolean;
}

export interface Ending {
  readonly outcome: RunEnd;
  readonly message: string;
  /** The Lease to give back. Kept after a failure: `argo retry` goes on under it, and a new run may take it over. */
  readonly release: LeaseRecord | undefined;
  /** An operator submitted the run and expects an answer, also for an outcome that sends no notice otherwise. */
  readonly answer?: true;
  /** Whether the marks of the run are removed. */
  readonly clear: boolean;
  /** The Lease as an ended run left it: taken for as long as its marks are cleared. */
  readonly tidy?: { readonly take: LeaseRecord | undefined };
  /** Said when Argo counts the run as a success and it is none: the exit handler fails, so that the run does. */
  readonly contradiction?: string;
}

import type { Detection } from '../../steps/detect/thought.ts';
import type { PreflightVerdict } from '../../run/admission.ts';
import type { Finding } from '../../upgrade/gate/finding.ts';
import type { Verdict } from '../../upgrade/gate/verdict.ts';
import type { ExcludedNode, UnreadableNode } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { PlannedNode } from '../../run/plan.ts';
import type { HookScript, HookSetting } from '../../upgrade/host/restore-hook.ts';
import type { NodeEstimate } from '../../run/estimate.ts';
import type { Reading } from '../../upgrade/reading.ts';

export interface PlannedStep extends PlannedNode {
  readonly estimate: NodeEstimate;
  /** Pods that its drain takes away, `namespace/name`. */
  readonly drains: Reading<readonly string[]>;
}

/** What an upgrade to the target would meet. */
export interface Way {
  readonly gate: { readonly verdict: Verdict; readonly findings: readonly Finding[] };
  readonly preflight: {
    readonly verdict: PreflightVerdict;
    /** Why to pause. */
    readonly because?: string;
    readonly findings: readonly Finding[];
  };
  readonly steps: readonly PlannedStep[];
  readonly left: readonly ClusterNode[];
  /** Why the nodes cannot be put in an order. */
  readonly orderProblems: readonly string[];
  /** What would keep a drain from ending well; what is only said. */
  readonly drainProblems: readonly string[];
  readonly drainWarnings: readonly string[];
  readonly seconds: number;
  readonly digest: string;
}

export interface PlanReport {
  readonly cluster: string;
  readonly nodes: readonly ClusterNode[];
  readonly unreadable: readonly UnreadableNode[];
  readonly excluded: readonly ExcludedNode[];
  readonly detection: Detection;
  /** undefined when there is nothing to go to. */
  readonly way: Way | undefined;
  /** Why no node would begin at this moment, where the windows say so. */
  readonly closed: string | undefined;
  readonly halted: string | undefined;
  readonly maxUnavailable: number;
  /** The script of the cluster that runs as root on control-plane nodes; undefined: none. */
  readonly restoreHook: HookSetting | undefined;
  /** What FORMER_HOOK holds; read only while `controlPlane.restoreHook` is not set. */
  readonly formerHook: Reading<HookScript> | undefined;
}

export type PlanVerdict = 'nothing-to-do' | 'clear' | 'blocked' | 'held';

/** 2, 70, 75 and 77 are the errors of the steps. */
export const PLAN_EXIT: Readonly<Record<PlanVerdict, number>> = {
  'nothing-to-do': 0,
  clear: 0,
  blocked: 10,
  held: 11,
};

/** What a run that started now would come to. Time is no reason: a plan is made by day. */
export function verdictOf({ detection, way, halted }: PlanReport): PlanVerdict {
  if (detection.verdict === 'none') return 'nothing-to-do';
  if (detection.verdict === 'refused' || way === undefined) return 'blocked';
  if (way.gate.verdict !== 'clear') return way.gate.verdict;
  const inTheWay = [...way.orderProblems, ...way.drainProblems].length > 0 || way.preflight.verdict === 'halt';
  if (inTheWay) return 'blocked';
  const waits = detection.verdict === 'held' || halted !== undefined || way.preflight.verdict === 'pause';
  return waits ? 'held' : 'clear';
}

import type { Detection } from '../../steps/detect/detection.ts';
import type { Finding } from '../../upgrade/gate/finding.ts';
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
export interface UpgradeChecks {
  readonly gate: { readonly verdict: PlanVerdict; readonly findings: readonly Finding[] };
  readonly preflight: {
    readonly verdict: PlanVerdict;
    /** Why a run would pause. */
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
  readonly upgrade: UpgradeChecks | undefined;
  /** Why no node would begin at this moment, where the windows say so. */
  readonly closed: string | undefined;
  readonly halted: string | undefined;
  readonly maxUnavailable: number;
  /** The script of the cluster that runs as root on control-plane nodes; undefined: none. */
  readonly restoreHook: HookSetting | undefined;
  /** What FORMER_HOOK holds; read only while `controlPlane.restoreHook` is not set. */
  readonly formerHook: Reading<HookScript> | undefined;
}

/**
 * `blocked`: an operator must act or look. `on-hold`: only waiting or an approval helps. `paused`: a run would begin no node now.
 * `halted`: the kill switch is on.
 */
export type PlanVerdict = 'nothing-to-do' | 'clear' | 'blocked' | 'on-hold' | 'paused' | 'halted';

/** The verdicts of the steps in the words of a plan. */
export const PLAN_VERDICTS = {
  detect: { none: 'nothing-to-do', upgrade: 'clear', held: 'on-hold', refused: 'blocked' },
  gate: { clear: 'clear', held: 'on-hold', blocked: 'blocked' },
  preflight: { clear: 'clear', pause: 'paused', halt: 'blocked' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, PlanVerdict>>>>;

/** 2, 70, 75 and 77 are the errors of the steps. */
export const PLAN_EXIT: Readonly<Record<PlanVerdict, number>> = {
  'nothing-to-do': 0,
  clear: 0,
  blocked: 10,
  'on-hold': 11,
  paused: 11,
  halted: 11,
};

/** Returns what a run that started now would come to. The maintenance windows do not count, because a plan is made by day. */
export function verdictOf({ detection, upgrade, halted }: PlanReport): PlanVerdict {
  const detected = PLAN_VERDICTS.detect[detection.verdict];
  if (detected === 'nothing-to-do') return detected;
  if (detected === 'blocked' || upgrade === undefined) return 'blocked';
  if (upgrade.gate.verdict !== 'clear') return upgrade.gate.verdict;
  if (upgrade.orderProblems.length + upgrade.drainProblems.length > 0) return 'blocked';
  if (upgrade.preflight.verdict === 'blocked') return 'blocked';
  if (halted !== undefined) return 'halted';
  return upgrade.preflight.verdict === 'paused' ? 'paused' : detected;
}

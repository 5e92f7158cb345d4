import type { ClusterNode, Taint } from './node.ts';
import { isTolerated } from './room.ts';

export const CONTROL_PLANE_KEY = 'node-role.kubernetes.io/control-plane';

/** The taint that `kubectl cordon` brings with it. */
export const UNSCHEDULABLE_KEY = 'node.kubernetes.io/unschedulable';

/** A toleration of a pod; without `value` and `effect` where Kubernetes has none. */
export interface RunnerToleration {
  readonly key: string;
  readonly operator: 'Exists' | 'Equal';
  readonly value?: string | undefined;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' | undefined;
}

/** The nodes on which one kind of step runs. */
export interface RunnerRule {
  /** Labels as `key=value`. A node must carry all of them; an empty list selects every node. */
  readonly nodeSelector: readonly string[];
  readonly tolerations: readonly RunnerToleration[];
}

/** The setting `runners`. */
export interface RunnerRules {
  /** For steps whose pod holds the SSH key. */
  readonly withSshKey: RunnerRule;
  readonly others: RunnerRule;
}

/** `a/b=c` as a key and a value. */
export function splitLabel(label: string): readonly [key: string, value: string] {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
}

export const isSelected = ({ labels }: ClusterNode, { nodeSelector }: RunnerRule): boolean =>
  nodeSelector.map(splitLabel).every(([key, value]) => labels[key] === value);

/** The Ready condition says what these taints say. A step tolerates a cordon. */
const OTHERWISE_KNOWN = [UNSCHEDULABLE_KEY, 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Reasons why a step cannot run on the node, each without a subject: `it is not Ready`. Empty when it can. */
export function whyNoRunner(node: ClusterNode, rule: RunnerRule): string[] {
  return [
    ...(node.ready ? [] : ['it is not Ready']),
    ...intolerable(node, rule).map((taint) => `it has the taint ${formatTaint(taint)}, which no step tolerates`),
  ];
}

const intolerable = ({ taints }: ClusterNode, rule: RunnerRule): Taint[] => {
  const tolerations = rule.tolerations.map(({ key, operator, value = '', effect }) => ({
    ...{ key, operator, value, effect },
  }));
  return taints.filter((taint) => !OTHERWISE_KNOWN.includes(taint.key) && !isTolerated(taint, tolerations));
};

const formatTaint = ({ key, value, effect }: Taint): string => `${key}${value === '' ? '' : `=${value}`}:${effect}`;

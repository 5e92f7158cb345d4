import { quoted } from '../../text/bounded.ts';
import type { HostRequirement } from './host-requirements.ts';
import { inert } from '../../text/inert.ts';
import { meets } from '../kubernetes/label-selector.ts';
import type { ClusterNode, Taint } from '../node/node.ts';
import { isTolerated } from './room.ts';

export const CONTROL_PLANE_KEY = 'node-role.kubernetes.io/control-plane';

/** The taint that `kubectl cordon` adds. */
export const UNSCHEDULABLE_KEY = 'node.kubernetes.io/unschedulable';

/** A toleration of a pod. `value` and `effect` are absent when Kubernetes has none. */
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
  /** What a step pod also requires of its node: the operating system, the architecture. Absent: nothing. */
  readonly requires?: readonly HostRequirement[];
}

/** The setting `runners`. */
export interface RunnerRules {
  /** Rule for steps whose pod holds the SSH key. */
  readonly withSshKey: RunnerRule;
  readonly others: RunnerRule;
}

/** Splits `a/b=c` into a key and a value. */
export function splitLabel(label: string): readonly [key: string, value: string] {
  const at = label.indexOf('=');
  return [label.slice(0, at), label.slice(at + 1)];
}

export const isSelected = (node: ClusterNode, rule: RunnerRule): boolean =>
  hasLabels(node, rule) && unmet(node, rule).length === 0;

export const hasLabels = ({ labels }: ClusterNode, { nodeSelector }: RunnerRule): boolean =>
  nodeSelector.map(splitLabel).every(([key, value]) => labels[key] === value);

const unmet = ({ labels }: ClusterNode, { requires = [] }: RunnerRule): readonly HostRequirement[] =>
  requires.filter((each) => !meets(each, labels[each.key]));

function formatUnmet({ labels }: ClusterNode, { key, operator, values }: HostRequirement): string {
  const value = labels[key];
  const seen = value === undefined ? `it has no label ${key}` : `its label ${key} is "${quoted(inert(value))}"`;
  return operator === 'In' ? `${seen}, expected ${values.join(' or ')}` : `${seen}, which keeps steps off`;
}

/** The Ready condition covers the other taints. A step tolerates a cordon. */
const OTHERWISE_KNOWN = [UNSCHEDULABLE_KEY, 'node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/**
 * Returns the reasons why a step cannot run on the node, each without a subject: `it is not Ready`. Empty when it can.
 */
export function whyNoRunner(node: ClusterNode, rule: RunnerRule): string[] {
  return [
    ...unmet(node, rule).map((requirement) => formatUnmet(node, requirement)),
    ...(node.ready ? [] : ['it is not Ready']),
    ...intolerable(node, rule).map((taint) => `it has the taint ${formatTaint(taint)}, which no step tolerates`),
  ];
}

const intolerable = ({ taints }: ClusterNode, rule: RunnerRule): Taint[] => {
  const tolerations = rule.tolerations.map((each) => ({ ...each, value: each.value ?? '', effect: each.effect }));
  return taints.filter((taint) => !OTHERWISE_KNOWN.includes(taint.key) && !isTolerated(taint, tolerations));
};

const formatTaint = ({ key, value, effect }: Taint): string => `${key}${value === '' ? '' : `=${value}`}:${effect}`;

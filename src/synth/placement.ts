import { CONTROL_PLANE_KEY, splitLabel, UNSCHEDULABLE_KEY, type RunnerRule } from '../upgrade/runner.ts';
import { Ref } from './argo/ref.ts';
import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, Template, Toleration } from './argo/types.ts';
import type { ClusterSettings } from './settings.ts';

export type Placement = Pick<Template, 'affinity' | 'tolerations'>;

/** Whose steps run where. `single-control-plane`: the only control-plane node, whose steps run elsewhere. */
export const NODE_KINDS = ['control-plane', 'single-control-plane', 'worker'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

/** A cordon does not keep such a step away: the only node that it may run on can be one that a failed run left cordoned. */
const TOLERATE_CORDON: Toleration = { key: UNSCHEDULABLE_KEY, operator: 'Exists', effect: 'NoSchedule' };

/** For a step that works on no single node. */
export const anywhere = ({ runners }: ClusterSettings, holdsKey: boolean): Placement =>
  holdsKey ? withKey(runners.withSshKey) : withoutKey(runners.others);

/** For each step that works on one node: the probe `admit` must be placed like those that follow it. */
export function awayFrom(kind: NodeKind, { runners }: ClusterSettings): Placement {
  const rule = kind === 'single-control-plane' ? runners.others : runners.withSshKey;
  return { affinity: { nodeAffinity: required(rule, notTarget()) }, ...tolerating(rule, TOLERATE_CORDON) };
}

const withKey = (rule: RunnerRule): Placement => ({
  affinity: { nodeAffinity: required(rule) },
  ...tolerating(rule, TOLERATE_CORDON),
});

/** Its token is worth more to a worker than to a control-plane node. */
function withoutKey(rule: RunnerRule): Placement {
  const preference = { matchExpressions: [{ key: CONTROL_PLANE_KEY, operator: 'Exists' as const }] };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] };
  const bound = rule.nodeSelector.length === 0 ? {} : required(rule);
  return { affinity: { nodeAffinity: { ...bound, ...preferred } }, ...tolerating(rule) };
}

/** All in one term, since terms are alternatives. */
function required(rule: RunnerRule, fields: Pick<NodeSelectorTerm, 'matchFields'> = {}): NodeAffinity {
  const matchExpressions = rule.nodeSelector.map((label): NodeSelectorRequirement => {
    const [key, value] = splitLabel(label);
    return { key, operator: 'In', values: [value] };
  });
  const term = { ...(matchExpressions.length === 0 ? {} : { matchExpressions }), ...fields };
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
}

/** No step runs on the node that it drains. By the Node's own name, which nobody can relabel. */
function notTarget(): Pick<NodeSelectorTerm, 'matchFields'> {
  const target = new Ref<string>('inputs.parameters.node').toString();
  return { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [target] }] };
}

const tolerating = ({ tolerations }: RunnerRule, ...more: readonly Toleration[]): Pick<Placement, 'tolerations'> => ({
  tolerations: [...tolerations.map(toToleration), ...more],
});

const toToleration = ({ key, operator, value, effect }: RunnerRule['tolerations'][number]): Toleration => ({
  ...{ key, operator },
  ...(value === undefined ? {} : { value }),
  ...(effect === undefined ? {} : { effect }),
});

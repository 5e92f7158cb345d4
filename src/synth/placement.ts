import { runnersOf } from '../contract/runners.ts';
import { hostRequirements } from '../upgrade/drain/host-requirements.ts';
import { NOTHING_EXCLUDED } from '../upgrade/node/exclusion.ts';
import { CONTROL_PLANE_KEY, splitLabel, UNSCHEDULABLE_KEY, type RunnerRule } from '../upgrade/drain/runner.ts';
import { Ref } from './argo/ref.ts';
import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, Template, Toleration } from './argo/types.ts';
import type { ClusterSettings } from './settings.ts';

export type Placement = Pick<Template, 'affinity' | 'tolerations'>;

/** Kinds of nodes by the place where their steps run. `single-control-plane`: the only control-plane node, whose steps run elsewhere. */
export type NodeKind = 'control-plane' | 'single-control-plane' | 'worker';

/** A cordon does not keep such a step away: the only node that it may run on can be one that a failed run left cordoned. */
const TOLERATE_CORDON: Toleration = { key: UNSCHEDULABLE_KEY, operator: 'Exists', effect: 'NoSchedule' };

/** For a step that works on no single node. */
export function anywhere(settings: ClusterSettings, holdsKey: boolean): Placement {
  const { withSshKey, others } = runnersOf(settings);
  return holdsKey ? withKey(withSshKey, settings) : withoutKey(others, settings);
}

/** For each step that works on one node: the probe `admit` must be placed like those that follow it. */
export function notOnTarget(kind: NodeKind, settings: ClusterSettings): Placement {
  const { withSshKey, others } = runnersOf(settings);
  const rule = kind === 'single-control-plane' ? others : withSshKey;
  const nodeAffinity = required(rule, [notTarget(), ...notLeftOut(settings)]);
  return { affinity: { nodeAffinity }, ...tolerating(rule, TOLERATE_CORDON) };
}

const withKey = (rule: RunnerRule, settings: ClusterSettings): Placement => ({
  affinity: { nodeAffinity: required(rule, notLeftOut(settings)) },
  ...tolerating(rule, TOLERATE_CORDON),
});

/** Its token is worth more to a worker than to a control-plane node. */
function withoutKey(rule: RunnerRule, settings: ClusterSettings): Placement {
  const preference = { matchExpressions: [{ key: CONTROL_PLANE_KEY, operator: 'Exists' as const }] };
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference }] };
  return {
    affinity: { nodeAffinity: { ...required(rule, notLeftOut(settings)), ...preferred } },
    ...tolerating(rule),
  };
}

/** For a pod with an image of ours that runs on control-plane nodes alone. */
export const onPlatform = (architectures: readonly string[]) => ({
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [
      {
        matchExpressions: hostRequirements(architectures, NOTHING_EXCLUDED).map(({ key, operator, values }) => ({
          key,
          operator,
          values: [...values],
        })),
      },
    ],
  },
});

/** All in one term, since terms are alternatives. */
function required(rule: RunnerRule, matchFields: readonly NodeSelectorRequirement[]): NodeAffinity {
  const labels = rule.nodeSelector.map((label): NodeSelectorRequirement => {
    const [key, value] = splitLabel(label);
    return { key, operator: 'In', values: [value] };
  });
  const matchExpressions = [...labels, ...(rule.requires ?? [])];
  const term: NodeSelectorTerm = { matchExpressions, ...(matchFields.length === 0 ? {} : { matchFields }) };
  return { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
}

/** No step runs on the node that it drains. Matches the Node's name, since labels can be changed. */
const notTarget = (): NodeSelectorRequirement => notOn(new Ref<string>('inputs.parameters.node').toString());

const notLeftOut = ({ nodes }: ClusterSettings): NodeSelectorRequirement[] => nodes.exclude.names.map(notOn);

/** A requirement of a field has one value. */
const notOn = (name: string): NodeSelectorRequirement => ({ key: 'metadata.name', operator: 'NotIn', values: [name] });

const tolerating = ({ tolerations }: RunnerRule, ...more: readonly Toleration[]): Pick<Placement, 'tolerations'> => ({
  tolerations: [...tolerations.map(toToleration), ...more],
});

const toToleration = ({ key, operator, value, effect }: RunnerRule['tolerations'][number]): Toleration => ({
  key,
  operator,
  ...(value === undefined ? {} : { value }),
  ...(effect === undefined ? {} : { effect }),
});

import type { RunnerRule, RunnerRules, RunnerToleration } from '../upgrade/drain/runner.ts';
import type { HostRequirement } from '../upgrade/drain/host-requirements.ts';
import { json, type Param } from './param.ts';

/** The setting `runners`: nodes on which the steps of this cluster run. */
export const runners: Param<RunnerRules> = json(checkRunners, {
  doc: 'Nodes on which steps run: labels and tolerations, for steps with the SSH key and for the others.',
  example:
    '{"withSshKey":{"nodeSelector":["node-role.kubernetes.io/control-plane="],"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]},"others":{"nodeSelector":[],"tolerations":[]}}',
});

function checkRunners(value: unknown): RunnerRules {
  const { withSshKey, others } = Object(value) as Record<string, unknown>;
  if (!isRule(withSshKey) || !isRule(others))
    throw new RangeError('{"withSshKey", "others"}, each {"nodeSelector", "tolerations", "requires"}');
  return { withSshKey, others };
}

function isRule(value: unknown): value is RunnerRule {
  const { nodeSelector, tolerations, requires = [] } = Object(value) as Record<string, unknown>;
  return (
    Array.isArray(nodeSelector) &&
    nodeSelector.every((label) => typeof label === 'string' && label.includes('=')) &&
    Array.isArray(tolerations) &&
    tolerations.every(isToleration) &&
    Array.isArray(requires) &&
    requires.every(isRequirement)
  );
}

function isRequirement(value: unknown): value is HostRequirement {
  const { key, operator, values } = Object(value) as Record<string, unknown>;
  return (
    typeof key === 'string' &&
    (operator === 'In' || operator === 'NotIn') &&
    Array.isArray(values) &&
    values.every((each) => typeof each === 'string')
  );
}

function isToleration(value: unknown): value is RunnerToleration {
  const { key, operator, value: wanted, effect } = Object(value) as Record<string, unknown>;
  return (
    typeof key === 'string' &&
    (operator === 'Exists' || operator === 'Equal') &&
    (wanted === undefined || typeof wanted === 'string') &&
    (effect === undefined || ['NoSchedule', 'PreferNoSchedule', 'NoExecute'].some((known) => known === effect))
  );
}

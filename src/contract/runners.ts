import { hostRequirements } from '../upgrade/drain/host-requirements.ts';
import type { RunnerRules } from '../upgrade/drain/runner.ts';
import type { ClusterSettings } from '../settings/cluster.ts';
import { choice, listOf, recordsOf, text } from '../settings/kinds.ts';
import { object, section, setting } from '../settings/kit.ts';
import { others, withSshKey } from '../settings/runners.ts';
import { derived, jsonOf, type SettingParam } from './from-settings.ts';
import type { Param } from './param.ts';

/** The setting `runners`, and what the images of the steps and `nodes.exclude` require of a node. */
export function runnersOf({ runners, images, nodes }: ClusterSettings): RunnerRules {
  const requires = hostRequirements(images.architectures, nodes.exclude);
  return { withSshKey: { ...runners.withSshKey, requires }, others: { ...runners.others, requires } };
}

const label = text({ title: 'the key or a value of a label' });
const requirement = object({
  key: setting(label, { required: true, example: 'kubernetes.io/os', doc: 'Key of the label.' }),
  operator: setting(choice(['In', 'NotIn']), { required: true, example: 'In', doc: 'In or NotIn.' }),
  values: setting(listOf(label), { required: true, example: ['linux'], doc: 'Values of the label.' }),
});
const requires = setting(recordsOf(requirement), {
  optional: true,
  example: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }],
  doc: 'What a pod of a step requires of its node besides.',
});

const rules = object({
  withSshKey: section(withSshKey.path, withSshKey.doc, { ...withSshKey.members, requires }),
  others: section(others.path, others.doc, { ...others.members, requires }),
});

/** Nodes on which the steps of this cluster run. */
export const runners: SettingParam<RunnerRules> = derived(
  jsonOf(rules, {
    doc: 'Nodes on which steps run: labels and tolerations, for steps with the SSH key and for the others.',
    example:
      '{"withSshKey":{"nodeSelector":["node-role.kubernetes.io/control-plane="],"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]},"others":{"nodeSelector":[],"tolerations":[]}}',
  }) as Param<RunnerRules>,
  runnersOf,
);

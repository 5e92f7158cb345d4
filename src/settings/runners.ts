import { CONTROL_PLANE_KEY } from '../upgrade/drain/runner.ts';
import { choice, listOf, protectedLabel, recordsOf, text } from './kinds.ts';
import { object, section, setting } from './kit.ts';

// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
const toleration = object({
  key: setting(
    text({
      pattern: '^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
      maxLength: 317,
      title: 'the key of a taint, such as node-role.kubernetes.io/control-plane',
    }),
    { required: true, example: CONTROL_PLANE_KEY, doc: 'Key of the taint.' },
  ),
  operator: setting(choice(['Exists', 'Equal']), {
    default: 'Equal',
    doc: 'Exists: any value of the taint. Equal: the value that is named here.',
  }),
  value: setting(
    text({ pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$', title: 'the value of a taint' }),
    {
      optional: true,
      example: 'upgrades',
      doc: 'Value of the taint, with operator Equal.',
    },
  ),
  effect: setting(choice(['NoSchedule', 'PreferNoSchedule', 'NoExecute']), {
    optional: true,
    example: 'NoSchedule',
    doc: 'Effect of the taint. Absent: any effect.',
  }),
});

const tolerations = setting(recordsOf(toleration), {
  default: [{ key: CONTROL_PLANE_KEY, operator: 'Exists', effect: 'NoSchedule' }],
  doc: 'Taints that these steps tolerate. A list here replaces the default.',
});

export const withSshKey = section(
  'runners.withSshKey',
  'For steps whose pods hold the SSH key, and for all steps that work on one node. While the only control-plane node is upgraded, its steps run as runners.others says.',
  {
    nodeSelector: setting(listOf(protectedLabel, { minItems: 1 }), {
      default: [`${CONTROL_PLANE_KEY}=`],
      doc: 'Labels that a node must carry, all of them. They are below node-role.kubernetes.io/ or node-restriction.kubernetes.io/, since a kubelet cannot set those on its own Node. A step never runs on the node that it works on.',
    }),
    tolerations,
  },
);

export const others = section('runners.others', 'For all other steps. They prefer control-plane nodes.', {
  nodeSelector: setting(listOf(protectedLabel), {
    default: [],
    example: ['node-role.kubernetes.io/ops='],
    doc: 'Labels that a node must carry, all of them. Empty: any node.',
  }),
  tolerations,
});

export const runners = section('runners', 'On which nodes the steps run.', { withSshKey, others });

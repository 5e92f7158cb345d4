import { count, listOf, objectName, protectedLabel, titled } from './kinds.ts';
import { section, setting } from './kit.ts';

export const canary = section(
  'workers.canary',
  'Workers that are upgraded first, one at a time. When one fails, no other begins.',
  {
    names: setting(listOf(objectName), { default: [], example: ['worker-1'], doc: 'Names of canary workers.' }),
    labels: setting(
      listOf(titled(protectedLabel, `${protectedLabel.schema.title ?? ''}; or the workers in workers.canary.names`)),
      {
        default: [],
        example: ['node-restriction.kubernetes.io/pool=canary'],
        doc: 'Labels of canary workers. A kubelet cannot set such a label on its own Node.',
      },
    ),
  },
);

export const workers = section('workers', 'In what order, and how many at once, workers are upgraded.', {
  maxUnavailable: setting(count({ min: 1, max: 100, title: 'a number of workers from 1 to 100' }), {
    default: 1,
    doc: 'Number of workers in a batch. The workers of a batch are upgraded at the same time. The next batch begins when all of them have succeeded. PodDisruptionBudgets still apply.',
  }),
  canary,
});

import type { Construct } from 'constructs';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { workflowParameter } from './argo/ref.ts';
import { nodeTasks } from '../contract/node-tasks.ts';
import { RESET, ROLLBACK } from './names.ts';
import { oneNode, target } from './node.ts';
import type { ClusterSettings } from './settings.ts';
import { errandSteps } from './errand-steps.ts';
import { onceBegun } from './once-begun.ts';
import { workflowSpec, workflowTemplate } from './workflow-template.ts';

/** Clears what runs that are gone left in flight. */
export function resetTemplate(scope: Construct, settings: ClusterSettings): void {
  const { begin, reset, finish } = errandSteps(settings, 'reset');
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const began = call('begin', begin, {});
      return [began, call('reset', reset, {}, onceBegun(began))];
    },
  });
  const face = {
    name: RESET,
    title: 'Reset what is in flight',
    description:
      'Closes ledgers and takes back our cordons, marks, Deployments at 0 and gauges that runs left behind which are gone.',
    parameters: [
      {
        name: 'evenUnseen',
        description: 'true: also nodes that cannot be logged in to, though work may go on there.',
        enum: ['false', 'true'],
        value: 'false',
      },
    ],
  };
  workflowTemplate(scope, face, workflowSpec(settings, { main, finish, all: [main, begin, reset] }));
}

/** One worker back to an older version: the steps of an upgrade, with packages that go back. */
export function rollbackTemplate(scope: Construct, settings: ClusterSettings): void {
  const only = workflowParameter<readonly string[]>('node');
  const { planRollback, begin, rehearse, prepare, finish } = errandSteps(settings, 'rollback', { only });
  const worker = oneNode(settings, 'worker', { direction: 'back', only });
  const rollback = dag({
    name: 'rollback',
    inputs: { target, workers: nodeTasks('The worker, for the steps that take a list.') },
    tasks: (inputs) => {
      const lists = { controlPlanes: [], workers: inputs.workers };
      const rehearsed = call('rehearse', rehearse, lists);
      const prepared = call('prepare', prepare, { target: inputs.target, ...lists });
      const args = { node: workflowParameter<string>('node'), role: 'worker' as const, target: inputs.target };
      return [rehearsed, prepared, call('node', worker.node, args, { depends: after(rehearsed, prepared) })];
    },
  });
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const planned = call('plan', planRollback, {});
      const began = call('begin', begin, {}, { depends: after(planned) });
      const args = { target: outputOf(planned, 'target'), workers: outputOf(planned, 'workers') };
      return [planned, began, call('rollback', rollback, args, onceBegun(began))];
    },
  });
  const face = {
    name: ROLLBACK,
    title: 'Take one worker back',
    description: 'Drains one worker, takes its packages back to an older version and lets it take pods again.',
    parameters: [
      { name: 'node', description: 'Name of the worker, as kubectl get nodes shows it.' },
      {
        name: 'target',
        description: 'Exact version to go back to, such as 1.34.9. Empty: the one that its last upgrade came from.',
        value: '',
      },
    ],
  };
  const all = [main, rollback, ...worker.all, planRollback, begin, rehearse, prepare];
  workflowTemplate(scope, face, workflowSpec(settings, { main, finish, all }));
}

import type { Construct } from 'constructs';
import { nodeTasks } from '../../contract/node-tasks.ts';
import { planRollback } from '../../steps/plan-rollback/contract.ts';
import { after, call, dag, outputOf } from '../argo/dag.ts';
import { workflowParameter } from '../argo/ref.ts';
import { ROLLBACK } from '../names.ts';
import { nodeTemplates, target } from '../node.ts';
import type { ClusterSettings } from '../settings.ts';
import { stepTemplate } from '../step-template.ts';
import { afterBegin, prepareStep, rehearseStep } from '../steps.ts';
import { workflowSpec, workflowTemplate } from '../workflow-template.ts';
import { beginOperation, finishOf } from './steps.ts';

const planRollbackStep = (settings: ClusterSettings) =>
  stepTemplate(planRollback, {
    settings,
    global: true,
    fixed: { node: workflowParameter('node'), requestedTarget: workflowParameter('target') },
  });

/** Rolls one worker back to an older version with the steps of an upgrade. */
export function rollbackTemplate(scope: Construct, settings: ClusterSettings): void {
  const only = workflowParameter<readonly string[]>('node');
  const plan = planRollbackStep(settings);
  const begin = beginOperation(settings);
  const rehearse = rehearseStep(settings);
  // A worker runs no image of the control plane.
  const prepare = prepareStep(settings, 'off');
  const finish = finishOf(settings, 'rollback', only);
  const worker = nodeTemplates(settings, 'worker', { direction: 'back', only });
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
      const planned = call('plan', plan, {});
      const began = call('begin', begin, {}, { depends: after(planned) });
      const args = { target: outputOf(planned, 'target'), workers: outputOf(planned, 'workers') };
      return [planned, began, call('rollback', rollback, args, afterBegin(began))];
    },
  });
  const metadata = {
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
  const all = [main, rollback, ...worker.all, plan, begin, rehearse, prepare];
  workflowTemplate(scope, metadata, workflowSpec(settings, { main, finish, all }));
}

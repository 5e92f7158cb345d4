import type { Construct } from 'constructs';
import { reset } from '../../steps/reset/contract.ts';
import { call, dag } from '../argo/dag.ts';
import { workflowParameter } from '../argo/ref.ts';
import { RESET } from '../names.ts';
import type { ClusterSettings } from '../settings.ts';
import { afterBegin } from '../steps.ts';
import { stepTemplate } from '../step-template.ts';
import { workflowSpec, workflowTemplate } from '../workflow-template.ts';
import { beginOperation, finishOf } from './steps.ts';

const resetStep = (settings: ClusterSettings) =>
  stepTemplate(reset, {
    settings,
    global: true,
    fixed: {
      evenUnseen: workflowParameter('evenUnseen'),
    },
  });

/** Clears what ended runs left in flight. */
export function resetTemplate(scope: Construct, settings: ClusterSettings): void {
  const begin = beginOperation(settings);
  const clear = resetStep(settings);
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const began = call('begin', begin, {});
      return [began, call('reset', clear, {}, afterBegin(began))];
    },
  });
  const metadata = {
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
  workflowTemplate(
    scope,
    metadata,
    workflowSpec(settings, { main, finish: finishOf(settings, 'reset'), all: [main, begin, clear] }),
  );
}

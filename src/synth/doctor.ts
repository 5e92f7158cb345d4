import type { Construct } from 'constructs';
import { call, dag } from './argo/dag.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { doctorStep } from './doctor-step.ts';
import { DOCTOR } from './names.ts';
import type { ClusterSettings } from './settings.ts';
import { surroundings } from './surroundings.ts';
import { workflowTemplate } from './workflow-template.ts';

/** Whether everything is there and allowed, asked by a pod of the cluster when somebody wants to know. */
export function doctorTemplate(scope: Construct, settings: ClusterSettings): void {
  const face = {
    name: DOCTOR,
    title: 'See whether everything is there and allowed',
    description:
      'Argo, permissions, the Secret, SSH to every node, where steps run, the etcd CronJob, kured, the restore hook, Prometheus, the Pushgateway. Changes nothing; fails when something is missing.',
    parameters: [],
  };
  workflowTemplate(scope, face, doctorSpec(settings));
}

/** It takes no mutex: it is asked while an upgrade is stuck, too. Nobody is told how it ends but who asked. */
function doctorSpec(settings: ClusterSettings): Omit<WorkflowSpec, 'arguments'> {
  const step = doctorStep(settings);
  const main = dag({ name: 'main', inputs: {}, tasks: () => [call('doctor', step, {})] });
  return {
    entrypoint: main.template.name,
    templates: [main.template, step.template],
    ...surroundings(settings),
  };
}

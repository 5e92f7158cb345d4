import type { Construct } from 'constructs';
import { call, dag } from './argo/dag.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { doctor } from '../steps/doctor/contract.ts';
import { doctorInputs } from './inputs-for.ts';
import { stepTemplate } from './step-template.ts';
import { DOCTOR } from './names.ts';
import type { ClusterSettings } from './settings.ts';
import { commonSpec, workflowTemplate } from './workflow-template.ts';

/** Checks from inside the cluster that objects and permissions are in place, on request of an operator. */
export function doctorTemplate(scope: Construct, settings: ClusterSettings): void {
  const metadata = {
    name: DOCTOR,
    title: 'See whether everything is there and allowed',
    description:
      'Argo, permissions, the Secret, SSH to every node, where steps run, the etcd CronJob, kured, the restore hook, Prometheus, the Pushgateway. Changes nothing; fails when something is missing.',
    parameters: [],
  };
  workflowTemplate(scope, metadata, doctorSpec(settings));
}

/** Takes no mutex, because an operator also runs it while an upgrade is stuck. Sends no notification. */
function doctorSpec(settings: ClusterSettings): Omit<WorkflowSpec, 'arguments'> {
  const step = stepTemplate(doctor, { settings, fixed: doctorInputs(settings) });
  const main = dag({ name: 'main', inputs: {}, tasks: () => [call('doctor', step, {})] });
  return {
    entrypoint: main.template.name,
    templates: [main.template, step.template],
    ...commonSpec(settings),
  };
}

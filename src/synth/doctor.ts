import type { Construct } from 'constructs';
import { doctor, STEPS } from '../steps/catalog.ts';
import { permissionRulesOf } from './access.ts';
import { call, dag } from './argo/dag.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { DOCTOR } from './names.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from './snapshot.ts';
import { kured, metrics, ssh } from './step-settings.ts';
import { stepTemplate } from './step-template.ts';
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

/** A step may not know the others: what they must be allowed travels as an input. */
export function doctorStep(settings: ClusterSettings) {
  const cronJob = cronJobOf(settings);
  return stepTemplate(doctor, {
    settings,
    fixed: {
      ...ssh(settings),
      ...metrics(settings),
      ...kured(settings),
      slack: settings.notify.slack,
      webhook: settings.notify.webhook,
      webhookPort: settings.notify.webhookPort,
      prometheusUrl: settings.monitoring?.prometheusUrl,
      permissions: STEPS.flatMap((step) => permissionRulesOf(step, settings)),
      argoVersion: settings.argo.version,
      secretName: settings.secrets.name,
      runners: settings.runners,
      restoreHook: settings.controlPlane.restoreHook,
      cronJob: cronJob === undefined ? undefined : `${cronJob.namespace}/${cronJob.name}`,
    },
  });
}

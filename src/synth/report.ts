import type { Construct } from 'constructs';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { equals, present } from './argo/ref.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { REPORT } from './names.ts';
import { cronWorkflow } from './nightly.ts';
import type { ClusterSettings } from './settings.ts';
import { reportSteps } from './report-steps.ts';
import { surroundings } from './surroundings.ts';
import { workflowTemplate } from './workflow-template.ts';

/** The report of every morning; nothing where there is to be none. */
export function reportWorkflow(scope: Construct, settings: ClusterSettings): void {
  const { report: schedule, history } = settings;
  if (!schedule.enabled) return;
  const face = {
    name: REPORT,
    title: 'Report how the cluster stands',
    description: 'Looks for a newer version, asks the gate, and tells people. Changes nothing.',
    parameters: [],
  };
  workflowTemplate(scope, face, reportSpec(settings));
  cronWorkflow(scope, { name: REPORT, starts: REPORT, suspend: false, ...schedule }, history);
}

/**
 * The report is the exit handler: it comes whatever became of detection and the gate. It takes no mutex, since a morning
 * on which an upgrade is still under way is one to be told of.
 */
function reportSpec(settings: ClusterSettings): Omit<WorkflowSpec, 'arguments'> {
  const steps = reportSteps(settings);
  const main = dag({
    name: 'main',
    inputs: {},
    tasks: () => {
      const detected = call('detect', steps.detect, {});
      const wanted = equals(outputOf(detected, 'verdict'), 'upgrade');
      const args = { target: present(outputOf(detected, 'target')) };
      return [detected, call('gate', steps.gate, args, { depends: after(detected), when: wanted })];
    },
  });
  return {
    entrypoint: main.template.name,
    onExit: steps.report.template.name,
    templates: [main, steps.detect, steps.gate, steps.report].map(({ template }) => template),
    ...surroundings(settings),
  };
}

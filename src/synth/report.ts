import type { Construct } from 'constructs';
import { detect } from '../steps/detect/contract.ts';
import { report } from '../steps/report/contract.ts';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { equals, present, workflowOutput } from './argo/ref.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { REPORT } from './names.ts';
import { cronWorkflow } from './nightly.ts';
import type { ClusterSettings } from './settings.ts';
import { stepTemplate } from './step-template.ts';
import { gateStep } from './steps.ts';
import { commonSpec, workflowTemplate } from './workflow-template.ts';

/** Reports how the cluster stands. Without `report.enabled` there is none. */
export function reportTemplate(scope: Construct, settings: ClusterSettings): void {
  if (!settings.report.enabled) return;
  const metadata = {
    name: REPORT,
    title: 'Report how the cluster stands',
    description: 'Looks for a newer version, asks the gate, and tells people. Changes nothing.',
    parameters: [],
  };
  workflowTemplate(scope, metadata, reportSpec(settings));
}

/** Starts the report every morning. Without `report.enabled` there is none. */
export function reportSchedule(scope: Construct, { report: schedule, history }: ClusterSettings): void {
  if (!schedule.enabled) return;
  cronWorkflow(scope, { name: REPORT, starts: REPORT, suspend: false, ...schedule }, history);
}

/**
 * The report is the exit handler, so it is sent whatever detection and the gate end with. It takes no mutex, because it
 * must also be sent while an upgrade is under way.
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
    ...commonSpec(settings),
  };
}

/**
 * Detection and gate for the report, which leaves no trace. They push no gauge, because gauges belong to the scheduled run.
 * They refresh no package list on a node, where an upgrade may be using apt.
 * They ask the node only where pods have no repository.
 */
function reportSteps(settings: ClusterSettings) {
  const { packages, policy } = settings;
  return {
    detect: stepTemplate(detect, {
      settings,
      global: true,
      fixed: { requestedTarget: undefined },
      instead: {
        packageSource: policy.minor === 'off' ? packages.source : 'repository',
        pushgatewayUrl: undefined,
      },
    }),
    gate: gateStep(settings),
    report: stepTemplate(report, {
      settings,
      fixed: {
        verdict: workflowOutput('verdict'),
        target: workflowOutput('target'),
        kind: workflowOutput('kind'),
        reason: workflowOutput('reason'),
        gateVerdict: workflowOutput('gateVerdict'),
        gateMessage: workflowOutput('gateMessage'),
      },
    }),
  };
}

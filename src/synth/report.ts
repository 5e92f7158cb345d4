import type { Construct } from 'constructs';
import { detect, report } from '../steps/catalog.ts';
import { after, call, dag, outputOf } from './argo/dag.ts';
import { WorkflowTemplate } from './argo/objects.ts';
import { equals, present, workflowField, workflowOutput } from './argo/ref.ts';
import type { WorkflowSpec } from './argo/types.ts';
import { NAMESPACE, PART_OF, REPORT } from './names.ts';
import { cronWorkflow } from './nightly.ts';
import type { ClusterSettings } from './settings.ts';
import { anywhere } from './placement.ts';
import { stepTemplate } from './step-template.ts';
import { chat, detection } from './step-settings.ts';
import { judgement } from './steps.ts';
import { surroundings } from './surroundings.ts';

/** The report of every morning; nothing where there is to be none. */
export function reportWorkflow(scope: Construct, settings: ClusterSettings): void {
  const { report: schedule, history } = settings;
  if (!schedule.enabled) return;
  new WorkflowTemplate(scope, REPORT, {
    metadata: {
      name: REPORT,
      namespace: NAMESPACE,
      labels: PART_OF,
      annotations: {
        'workflows.argoproj.io/title': 'Report how the cluster stands',
        'workflows.argoproj.io/description':
          'Looks for a newer version, asks the gate, and tells people. Changes nothing.',
        'argocd.argoproj.io/sync-wave': '0',
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      },
    },
    spec: reportSpec(settings),
  });
  cronWorkflow(scope, { name: REPORT, starts: REPORT, suspend: false, ...schedule }, history);
}

/**
 * The report is the exit handler: it comes whatever became of detection and the gate. It takes no mutex, since a morning
 * on which an upgrade is still under way is one to be told of.
 */
function reportSpec(settings: ClusterSettings): WorkflowSpec {
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

/**
 * The same questions for the morning's report, which leaves no trace: it pushes no gauge, since the detector that it tells
 * of is the nightly one, and refreshes no list on a node, where an upgrade may be at apt. Only where pods may know no
 * repository at all is the node asked.
 */
function reportSteps(settings: ClusterSettings) {
  const { packages, policy } = settings;
  return {
    detect: stepTemplate(detect, {
      settings,
      placement: anywhere,
      global: true,
      fixed: {
        ...detection(settings),
        packageSource: policy.minor === 'off' ? packages.source : 'repository',
        pushgatewayUrl: undefined,
        requestedTarget: undefined,
      },
    }),
    gate: judgement(settings),
    report: stepTemplate(report, {
      settings,
      placement: anywhere,
      fixed: {
        ...chat(settings),
        failures: workflowField('failures'),
        verdict: workflowOutput('verdict'),
        target: workflowOutput('target'),
        kind: workflowOutput('kind'),
        reason: workflowOutput('reason'),
        gateVerdict: workflowOutput('gateVerdict'),
        gateMessage: workflowOutput('gateMessage'),
        staleAfterHours: settings.alerts.checkStaleAfterHours,
      },
    }),
  };
}

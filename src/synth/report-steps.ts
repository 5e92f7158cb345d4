import { detect } from '../steps/detect/contract.ts';
import { report } from '../steps/report/contract.ts';
import { workflowOutput } from './argo/ref.ts';
import type { ClusterSettings } from './settings.ts';
import { stepTemplate } from './step-template.ts';
import { judgement } from './steps.ts';

/**
 * Detection and gate for the report, which leaves no trace. They push no gauge, because gauges belong to the scheduled run.
 * They refresh no package list on a node, where an upgrade may be using apt.
 * They ask the node only where pods have no repository.
 */
export function reportSteps(settings: ClusterSettings) {
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
    gate: judgement(settings),
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

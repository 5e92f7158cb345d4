import { listNodes, listStaticPods, readKillSwitch, readMarks } from '../../contract/access.ts';
import { kubeVersion, leftBehind, oneOf, text } from '../../contract/param.ts';
import { chatInputs, type InputOf } from '../../contract/run-context.ts';
import { input } from '../../contract/from-settings.ts';
import { alerts } from '../../settings/alerts.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { VERDICTS } from '../../upgrade/gate/verdict.ts';
import { REPORT_OUTCOMES } from '../../signals/report.ts';

export const report = defineStep({
  name: 'report',
  summary: 'Tells every morning how the cluster stands: version, detector, target, gate, and the runs of the night.',
  inputs: {
    ...chatInputs,
    verdict: leftBehind(
      oneOf(['upgrade', 'none', 'held', 'refused'], { doc: 'Current verdict of the detect step.', example: 'upgrade' }),
    ),
    target: leftBehind(kubeVersion({ doc: 'Current target.', example: '1.34.10' })),
    kind: leftBehind(oneOf(['patch', 'minor', 'none'], { doc: 'Kind of the upgrade.', example: 'patch' })),
    reason: leftBehind(text({ doc: 'Reason for the verdict of the detect step.', example: 'No newer patch.' })),
    gateVerdict: leftBehind(oneOf(VERDICTS, { doc: 'Current verdict of the gate.', example: 'clear' })),
    gateMessage: leftBehind(text({ doc: 'Reason for the verdict of the gate.', example: 'Clear for v1.36.4.' })),
    staleAfterHours: input(alerts, 'checkStaleAfterHours'),
  },
  outputs: {
    outcome: oneOf(REPORT_OUTCOMES, { doc: 'State of the cluster in one word.', example: 'nothing-to-do' }),
    message: text({ doc: 'State of the cluster in full.', example: 'Running: v1.34.10, on all 3 nodes.' }),
  },
  access: [
    listNodes,
    listStaticPods,
    ...readMarks,
    readKillSwitch,
    { apiGroup: 'argoproj.io', resources: ['workflows'], verbs: ['get', 'list'], scope: 'namespace' },
  ],
  ssh: false,
  chat: true,
  // Six reads of two minutes at most, and the notifiers.
  deadline: { seconds: 900 },
});

export type ReportInput = Pick<
  InputOf<typeof report>,
  'verdict' | 'target' | 'kind' | 'reason' | 'gateVerdict' | 'gateMessage' | 'staleAfterHours'
>;

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
      oneOf(['upgrade', 'none', 'held', 'refused'], { doc: 'What detection says now.', example: 'upgrade' }),
    ),
    target: leftBehind(kubeVersion({ doc: 'Where the cluster should go.', example: '1.34.10' })),
    kind: leftBehind(oneOf(['patch', 'minor', 'none'], { doc: 'How far the hop is.', example: 'patch' })),
    reason: leftBehind(text({ doc: 'Why detection says so.', example: 'No newer patch.' })),
    gateVerdict: leftBehind(oneOf(VERDICTS, { doc: 'What the compat gate says now.', example: 'clear' })),
    gateMessage: leftBehind(text({ doc: 'Why the compat gate says so.', example: 'Clear for v1.36.4.' })),
    staleAfterHours: input(alerts, 'checkStaleAfterHours'),
  },
  outputs: {
    outcome: oneOf(REPORT_OUTCOMES, { doc: 'How the cluster stands, in a word.', example: 'nothing-to-do' }),
    message: text({ doc: 'The same in full.', example: 'Running: v1.34.10, on all 3 nodes.' }),
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
  // Six questions, each for two minutes at most, and the channels of the chat.
  deadline: { seconds: 900 },
});

export type ReportInput = Pick<
  InputOf<typeof report>,
  'verdict' | 'target' | 'kind' | 'reason' | 'gateVerdict' | 'gateMessage' | 'staleAfterHours'
>;

import {
  createLease,
  writeRunState,
  scaleQuiesced,
  listNodes,
  listRunPods,
  listStaticPods,
  lockKured,
  getQuiesced,
  readKillSwitch,
  readKured,
  readLease,
  readMarks,
  readRuns,
  replaceLease,
} from '../../contract/access.ts';
import { kubeVersion, leftBehind, lenient, list, oneOf, seconds, text, yesNo } from '../../contract/param.ts';
import { chatInputs, kuredInputs, metricsInputs, quiesceInputs } from '../../contract/run-context.ts';
import { constant } from '../../contract/from-settings.ts';
import { defineStep, type ValuesOf } from '../../contract/step-contract.ts';
import { PLAN_VERDICTS } from '../../run/approval.ts';
import { RUN_ENDS } from '../../signals/gauges.ts';
import { VERDICTS } from '../../upgrade/gate/verdict.ts';

/** How Argo and the steps say that the run ended. */
const runResults = {
  status: text({ doc: 'How Argo says the run ended.', example: 'Succeeded' }),
  verdict: leftBehind(
    oneOf(['upgrade', 'none', 'held', 'refused'], { doc: 'What detection said.', example: 'upgrade' }),
  ),
  reason: leftBehind(text({ doc: 'Why detection said so.', example: 'No newer patch.' })),
  target: leftBehind(kubeVersion({ doc: 'Where the run was going.', example: '1.34.10' })),
  gateVerdict: leftBehind(oneOf(VERDICTS, { doc: 'What the compat gate said.', example: 'clear' })),
  gateMessage: leftBehind(text({ doc: 'Why the compat gate said so.', example: 'Clear for v1.36.4.' })),
  approval: leftBehind(text({ doc: 'What was decided about the plan, where somebody was asked.', example: 'approve' })),
  gateAgainVerdict: leftBehind(oneOf(VERDICTS, { doc: 'What the gate said after the approval.', example: 'clear' })),
  gateAgainMessage: leftBehind(text({ doc: 'Why it said so.', example: 'Clear for v1.35.2.' })),
  planVerdict: leftBehind(oneOf(PLAN_VERDICTS, { doc: 'Whether what was approved still holds.', example: 'valid' })),
  planDigest: leftBehind(text({ doc: 'Digest of the plan that people were asked about.', example: '9f2c…' })),
  planMessage: leftBehind(text({ doc: 'Whether that plan holds, and why not.', example: 'The plan holds.' })),
  beginVerdict: leftBehind(oneOf(['go', 'pause', 'halt'], { doc: 'Whether a node might begin.', example: 'go' })),
  beginMessage: leftBehind(text({ doc: 'Why it might or might not.', example: 'Frozen.' })),
  podsReady: leftBehind(text({ doc: 'How many pods are ready after it.', example: '47 of 48 (0.97)' })),
  only: lenient(list({ doc: 'The only nodes that were to be done; empty for all.', example: 'worker-1' }), []),
  // The condition of the upgrade compares with false: any other text is a dry run.
  detectionDryRun: lenient(yesNo({ doc: 'Whether the run was to detect only.', example: 'false' }), true),
};

export const finish = defineStep({
  name: 'finish',
  summary:
    'Exit handler of an upgrade: says how the run ended and what to do next; gives quiesced Deployments back, and the Lease and the lock of kured after a success.',
  inputs: {
    ...metricsInputs,
    ...chatInputs,
    ...quiesceInputs,
    ...kuredInputs,
    ...runResults,
    // For a step that still winds up when the exit handler begins.
    settleSeconds: constant(
      seconds({ doc: 'How long to wait for step pods that are still ending.', example: '60' }),
      60,
    ),
  },
  outputs: {
    outcome: oneOf(RUN_ENDS, {
      doc: 'How the run ended.',
      example: 'upgraded',
    }),
    message: text({ doc: 'What happened, where, and what to do next.', example: 'Every node is at v1.34.10.' }),
  },
  access: [
    listNodes,
    listStaticPods,
    listRunPods,
    readLease,
    replaceLease,
    createLease,
    getQuiesced,
    scaleQuiesced,
    readRuns,
    readKillSwitch,
    ...readMarks,
    writeRunState,
    readKured,
    lockKured,
    // Where the scheduler says why a pod found no node.
    { apiGroup: '', resources: ['events'], verbs: ['list'], scope: 'namespace' },
  ],
  ssh: false,
  chat: true,
  deadline: { seconds: 900, plus: ['settleSeconds'] },
});

export type FinishInput = ValuesOf<typeof runResults>;

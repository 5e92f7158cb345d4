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
  status: text({ doc: 'Status of the run, from Argo.', example: 'Succeeded' }),
  verdict: leftBehind(
    oneOf(['upgrade', 'none', 'held', 'refused'], { doc: 'Verdict of the detect step.', example: 'upgrade' }),
  ),
  reason: leftBehind(text({ doc: 'Reason for that verdict.', example: 'No newer patch.' })),
  target: leftBehind(kubeVersion({ doc: 'Target of the run.', example: '1.34.10' })),
  gateVerdict: leftBehind(oneOf(VERDICTS, { doc: 'Verdict of the gate.', example: 'clear' })),
  gateMessage: leftBehind(text({ doc: 'Reason for the verdict of the gate.', example: 'Clear for v1.36.4.' })),
  approval: leftBehind(
    text({ doc: 'Decision about the plan; empty when no approval was requested.', example: 'approve' }),
  ),
  gateAgainVerdict: leftBehind(oneOf(VERDICTS, { doc: 'Verdict of the gate after the approval.', example: 'clear' })),
  gateAgainMessage: leftBehind(text({ doc: 'Reason for that verdict.', example: 'Clear for v1.35.2.' })),
  planVerdict: leftBehind(
    oneOf(PLAN_VERDICTS, { doc: 'Whether the approved plan is still the current plan.', example: 'valid' }),
  ),
  planDigest: leftBehind(text({ doc: 'Digest of the plan that waited for approval.', example: '9f2c…' })),
  planMessage: leftBehind(text({ doc: 'Reason for the verdict on the plan.', example: 'The plan holds.' })),
  beginVerdict: leftBehind(oneOf(['go', 'pause', 'halt'], { doc: 'Verdict of the begin step.', example: 'go' })),
  beginMessage: leftBehind(text({ doc: 'Reason for that verdict.', example: 'Frozen.' })),
  podsReady: leftBehind(text({ doc: 'Number of ready pods after the upgrade.', example: '47 of 48 (0.97)' })),
  only: lenient(list({ doc: 'The only nodes to upgrade; empty for all.', example: 'worker-1' }), []),
  // The condition of the upgrade compares with false: any other text is a dry run.
  detectionDryRun: lenient(yesNo({ doc: 'Whether the run only detects and changes nothing.', example: 'false' }), true),
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
    // A step may still run when the exit handler begins.
    settleSeconds: constant(seconds({ doc: 'Seconds to wait for step pods that still run.', example: '60' }), 60),
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
    // The scheduler reports in events why a pod has no node.
    { apiGroup: '', resources: ['events'], verbs: ['list'], scope: 'namespace' },
  ],
  ssh: false,
  chat: true,
  deadline: { seconds: 900, plus: ['settleSeconds'] },
});

export type FinishInput = ValuesOf<typeof runResults>;

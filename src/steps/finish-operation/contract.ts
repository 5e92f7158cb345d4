import {
  getQuiesced,
  listNodes,
  listRunPods,
  listStaticPods,
  lockKured,
  readKured,
  readLease,
  readMarks,
  readRuns,
  replaceLease,
  scaleQuiesced,
  writeRunState,
} from '../../contract/access.ts';
import { constant } from '../../contract/from-settings.ts';
import { kubeVersion, leftBehind, lenient, list, oneOf, seconds, text } from '../../contract/param.ts';
import { chatInputs, kuredInputs, quiesceInputs } from '../../contract/run-context.ts';
import { defineStep, type ValuesOf } from '../../contract/step-contract.ts';
import { OPERATIONS } from '../../upgrade/operation.ts';

/** How Argo and the steps say that the operation ended. */
const runResults = {
  operation: oneOf(OPERATIONS, { doc: 'The operation of the run.', example: 'reset' }),
  status: text({ doc: 'Status of the run, from Argo.', example: 'Succeeded' }),
  result: leftBehind(text({ doc: 'What the operation did, in sentences.', example: 'Nothing was left in flight.' })),
  target: leftBehind(kubeVersion({ doc: 'The version that a rollback goes to.', example: '1.34.9' })),
  only: lenient(list({ doc: 'The only nodes that the operation changes; empty for all.', example: 'worker-1' }), []),
  beginVerdict: leftBehind(
    oneOf(['go', 'pause', 'halt'], { doc: 'Whether the operation could begin.', example: 'go' }),
  ),
  beginMessage: leftBehind(
    text({ doc: 'Why it could or could not begin.', example: 'The Lease is held by this run.' }),
  ),
};

export const finishOperation = defineStep({
  name: 'finish-operation',
  summary:
    'Exit handler of an operation: says how a reset, a rollback or a key rotation ended and what to do next; gives quiesced Deployments back, and the Lease and the lock of kured after a success.',
  inputs: {
    ...chatInputs,
    ...quiesceInputs,
    ...kuredInputs,
    ...runResults,
    // A step may still run when the exit handler begins.
    settleSeconds: constant(seconds({ doc: 'Seconds to wait for step pods that still run.', example: '60' }), 60),
  },
  outputs: {
    outcome: oneOf(['done', 'halted', 'failed'], { doc: 'How the operation ended.', example: 'done' }),
    message: text({
      doc: 'What happened, where, and what to do next.',
      example: 'w1 is back at v1.34.9, from v1.34.10.',
    }),
  },
  access: [
    listNodes,
    listStaticPods,
    listRunPods,
    readLease,
    replaceLease,
    getQuiesced,
    scaleQuiesced,
    readRuns,
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

export type FinishOperationInput = ValuesOf<typeof runResults>;

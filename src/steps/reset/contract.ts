import {
  writeRunState,
  scaleQuiesced,
  patchNodes,
  getQuiesced,
  readLease,
  readMarks,
  listNodes,
  getNode,
  listStaticPods,
  rememberHostKeys,
} from '../../contract/access.ts';
import { text, yesNo } from '../../contract/param.ts';
import { metricsInputs, quiesceInputs, sshInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const reset = defineStep({
  name: 'reset',
  summary:
    'Clears what runs that are gone left in flight: ledgers and our cordons, marks of a run, Deployments at 0, gauges.',
  inputs: {
    ...metricsInputs,
    ...sshInputs,
    ...quiesceInputs,
    evenUnseen: yesNo({
      doc: 'Whether nodes that cannot be logged in to are cleared too, though work may go on there.',
      example: 'false',
    }),
  },
  outputs: {
    result: text({ doc: 'What was cleared, a line each.', example: 'Nothing was left in flight.' }),
  },
  access: [
    listNodes,
    getNode,
    listStaticPods,
    patchNodes,
    readLease,
    ...readMarks,
    writeRunState,
    getQuiesced,
    scaleQuiesced,
    rememberHostKeys,
  ],
  ssh: true,
  // One node after the other is looked at, each for a minute at most beside the login.
  deadline: { seconds: 3600 },
});

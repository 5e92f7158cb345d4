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
      doc: 'Whether the reset includes nodes without SSH access, on which a job may still run.',
      example: 'false',
    }),
  },
  outputs: {
    result: text({ doc: 'What the reset cleared, one line for each item.', example: 'Nothing was left in flight.' }),
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
  // The step checks one node after the other, each for at most a minute after the login.
  deadline: { seconds: 3600 },
});

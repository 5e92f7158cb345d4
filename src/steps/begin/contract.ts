import {
  createLease,
  writeRunState,
  lockKured,
  readKillSwitch,
  readKured,
  readLease,
  readMarks,
  listNodes,
  listAllPods,
  readRuns,
  replaceLease,
} from '../../contract/access.ts';
import { maintenance } from '../../contract/maintenance.ts';
import { kubeVersion, oneOf, optional, seconds, text } from '../../contract/param.ts';
import { alertInputs, chatInputs, kuredInputs, metricsInputs, type InputOf } from '../../contract/run-context.ts';
import { constant, from } from '../../contract/from-settings.ts';
import { drain } from '../../settings/drain.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { PREFLIGHT_VERDICTS } from '../../run/admission.ts';

export const begin = defineStep({
  name: 'begin',
  summary:
    'Takes the Lease that lets this run change the cluster, and marks the upgrade as in flight, if a node may begin now.',
  inputs: {
    ...metricsInputs,
    ...alertInputs,
    ...chatInputs,
    ...kuredInputs,
    target: optional(
      kubeVersion({
        doc: 'Version that the cluster goes to; empty: no upgrade begins, the Lease is all that is wanted.',
        example: '1.34.10',
      }),
    ),
    preflightVerdict: oneOf(PREFLIGHT_VERDICTS, {
      doc: 'What preflight said; clear where nothing is to be upgraded, and none is made.',
      example: 'clear',
    }),
    preflightMessage: text({ doc: 'Why preflight said so.', example: 'Fit for v1.34.10.' }),
    maintenance,
    ...from(drain, 'deleteUnmanagedPods'),
    // A step ends within a second of SIGTERM; its pod within the default grace of 30 s.
    handoverSeconds: constant(
      seconds({ doc: 'Seconds to wait until the pods of an ended run are gone.', example: '120' }),
      120,
    ),
  },
  outputs: {
    beginVerdict: oneOf(['go', 'pause', 'halt'], {
      doc: 'go: this run holds the Lease. pause: no node may begin now. halt: the kill switch is set. After pause and halt, nothing was changed.',
      example: 'go',
    }),
    beginMessage: text({ doc: 'The verdict in a sentence.', example: 'The Lease is held by this run.' }),
  },
  access: [
    readLease,
    replaceLease,
    createLease,
    readRuns,
    listNodes,
    listAllPods,
    readKillSwitch,
    ...readMarks,
    writeRunState,
    readKured,
    lockKured,
  ],
  ssh: false,
  chat: true,
  deadline: { seconds: 900, plus: ['handoverSeconds'] },
});

export type BeginInput = Pick<
  InputOf<typeof begin>,
  'preflightVerdict' | 'preflightMessage' | 'maintenance' | 'handoverSeconds' | 'target'
>;

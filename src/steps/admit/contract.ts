import {
  writeRunState,
  lockKured,
  readKillSwitch,
  readKured,
  readLease,
  readMarks,
  listNodes,
  listStaticPods,
  readRuns,
} from '../../contract/access.ts';
import { maintenance } from '../../contract/maintenance.ts';
import { direction, nodeName } from '../../contract/node-tasks.ts';
import { kubeVersion, list, oneOf, optional, text } from '../../contract/param.ts';
import {
  alertInputs,
  alertWaitSeconds,
  besideKuredInputs,
  metricsInputs,
  type InputOf,
} from '../../contract/run-context.ts';
import { from } from '../../contract/from-settings.ts';
import { maintenance as settings } from '../../settings/maintenance.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const admit = defineStep({
  name: 'admit',
  summary:
    'Decides whether a node may begin now: kill switch, maintenance window, freezes, new alerts, kured. Placed like the steps that follow it, it proves that they can run.',
  inputs: {
    ...metricsInputs,
    ...alertInputs,
    ...besideKuredInputs,
    node: text(nodeName('Node that would begin.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    direction,
    requestedTarget: optional(
      kubeVersion({ doc: 'The current value of the parameter target; empty when it is empty.', example: '1.34.10' }),
    ),
    only: list({ doc: 'The current value of the parameter nodes; empty for all nodes.', example: 'worker-1' }),
    maintenance,
    ...from(settings, 'assumedNodeSeconds'),
    alertWaitSeconds,
  },
  outputs: {
    verdict: oneOf(['go', 'skip', 'pause', 'halt'], {
      doc: 'go: the node may begin. skip: it needs no change. pause: it may not begin now. halt: the kill switch is set.',
      example: 'go',
    }),
    because: text({ doc: 'The verdict in a sentence.', example: 'worker-1 may begin.' }),
  },
  access: [
    listNodes,
    listStaticPods,
    readLease,
    readKillSwitch,
    ...readMarks,
    writeRunState,
    readKured,
    lockKured,
    readRuns,
  ],
  ssh: false,
  deadline: { seconds: 900, plus: ['alertWaitSeconds', 'kuredWaitSeconds'] },
});

export type AdmitInput = Pick<
  InputOf<typeof admit>,
  'node' | 'target' | 'direction' | 'maintenance' | 'assumedNodeSeconds'
>;

/** Inputs of a step that also waits for alerts and for kured. */
export type WatchInput = AdmitInput &
  Pick<InputOf<typeof admit>, 'runUid' | 'requestedTarget' | 'only' | 'alertWaitSeconds' | 'kuredWaitSeconds'>;

import { patchNodes, readLease, readMarks, getNode, listAllPods, listNodes } from '../../contract/access.ts';
import { nodeName } from '../../contract/node-tasks.ts';
import { kubeVersion, text } from '../../contract/param.ts';
import { alertInputs, alertSilenceSeconds, metricsInputs, type InputOf } from '../../contract/run-context.ts';
import { from } from '../../contract/from-settings.ts';
import { nodes } from '../../settings/nodes.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const verifyNode = defineStep({
  name: 'verify-node',
  summary:
    'Waits until an upgraded node is Ready at the target, uncordons it, watches it for a while, and closes its ledger.',
  inputs: {
    ...metricsInputs,
    ...alertInputs,
    node: text(nodeName('Node to verify.')),
    target: kubeVersion({ doc: 'Version that the node must be at.', example: '1.34.10' }),
    ...from(nodes, 'readyTimeoutSeconds', 'soakSeconds'),
    alertSilenceSeconds,
  },
  outputs: {},
  // All nodes are listed to see whether an alert is explained by an upgrade that is not finished.
  access: [getNode, listNodes, listAllPods, patchNodes, readLease, ...readMarks],
  ssh: false,
  deadline: {
    seconds: 900,
    plus: ['readyTimeoutSeconds', 'readyTimeoutSeconds', 'soakSeconds', 'alertSilenceSeconds'],
  },
});

export type VerifyInput = Pick<
  InputOf<typeof verifyNode>,
  'target' | 'readyTimeoutSeconds' | 'soakSeconds' | 'alertSilenceSeconds'
>;

export type WatchInput = Pick<InputOf<typeof verifyNode>, 'target' | 'runUid' | 'annotationPrefix' | 'soakSeconds'>;

import { patchNodes, readLease, readMarks, getNode, listAllPods, listNodes } from '../../contract/access.ts';
import { nodeName } from '../../contract/node-tasks.ts';
import { kubeVersion, seconds, text } from '../../contract/param.ts';
import { alertInputs, metricsInputs } from '../../contract/run-context.ts';
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
    readyTimeoutSeconds: seconds({ doc: 'How long the node and its pods may take to be ready.', example: '900' }),
    soakSeconds: seconds({ doc: 'How long it must then stay well.', example: '600' }),
    alertSilenceSeconds: seconds({ doc: 'How long nobody may say which alerts fire in the soak.', example: '600' }),
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

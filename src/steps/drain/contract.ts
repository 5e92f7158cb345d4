import {
  annotateNamespace,
  patchNodes,
  readKillSwitch,
  readLease,
  readNodes,
  readPods,
} from '../../contract/access.ts';
import { nodeName } from '../../contract/node-tasks.ts';
import { kubeVersion, seconds, text, yesNo } from '../../contract/param.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const drain = defineStep({
  name: 'drain',
  summary: 'Opens the ledger of a node, cordons it, and evicts its pods by the Eviction API.',
  inputs: {
    node: text(nodeName('Node to drain.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    timeoutSeconds: seconds({ doc: 'How long the eviction of all pods may take.', example: '1800' }),
    gracePeriodSeconds: seconds({ doc: 'How long each pod gets to end.', example: '300' }),
    deleteEmptyDirData: yesNo({
      doc: 'Whether pods with emptyDir volumes are evicted, their data lost.',
      example: 'true',
    }),
    deleteUnmanagedPods: yesNo({
      doc: 'Whether pods without a controller are evicted, never to return.',
      example: 'true',
    }),
  },
  outputs: {
    drained: yesNo({ doc: 'Whether the node is drained; false when the kill switch came before.', example: 'true' }),
  },
  access: [
    readNodes,
    readPods,
    patchNodes,
    { apiGroup: '', resources: ['pods/eviction'], verbs: ['create'], scope: 'cluster' },
    readLease,
    readKillSwitch,
    annotateNamespace,
  ],
  ssh: false,
  deadline: { seconds: 900, plus: ['timeoutSeconds'] },
});

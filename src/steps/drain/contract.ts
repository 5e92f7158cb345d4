import {
  writeRunState,
  lockKured,
  patchNodes,
  readBudgets,
  readKillSwitch,
  readKured,
  readLease,
  readMarks,
  getNode,
  listAllPods,
  readRuns,
  readVolumes,
} from '../../contract/access.ts';
import { nodeName } from '../../contract/node-tasks.ts';
import { kubeVersion, oneOf, seconds, text, yesNo } from '../../contract/param.ts';
import { besideKuredInputs, metricsInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { DEADLOCK_POLICIES } from '../../upgrade/drain/disruption-budget.ts';

export const drain = defineStep({
  name: 'drain',
  summary: 'Opens the ledger of a node, cordons it, evicts its pods and waits for their volumes to be detached.',
  inputs: {
    ...metricsInputs,
    ...besideKuredInputs,
    node: text(nodeName('Node to drain.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    timeoutSeconds: seconds({ doc: 'For how long no pod and no volume may move.', example: '1800' }),
    maximumSeconds: seconds({ doc: 'How long it may take although something moves.', example: '7200' }),
    gracePeriodSeconds: seconds({ doc: 'How long each pod gets to end.', example: '300' }),
    deleteEmptyDirData: yesNo({
      doc: 'Whether pods with emptyDir volumes are evicted, their data lost.',
      example: 'true',
    }),
    deleteUnmanagedPods: yesNo({
      doc: 'Whether pods without a controller are evicted, never to return.',
      example: 'true',
    }),
    deleteDeadlocked: oneOf(DEADLOCK_POLICIES, {
      doc: 'Which pods are deleted whose budget can never allow their eviction: lone ones, none, all.',
      example: 'single',
    }),
  },
  outputs: {
    drained: yesNo({ doc: 'Whether the node is drained; false when the kill switch came before.', example: 'true' }),
  },
  access: [
    getNode,
    listAllPods,
    readBudgets,
    ...readVolumes,
    patchNodes,
    { apiGroup: '', resources: ['pods/eviction'], verbs: ['create'], scope: 'cluster' },
    { apiGroup: '', resources: ['pods'], verbs: ['delete'], scope: 'cluster', when: ['pods-deleted'] },
    readRuns,
    readLease,
    ...readMarks,
    readKillSwitch,
    writeRunState,
    readKured,
    lockKured,
  ],
  ssh: false,
  deadline: { seconds: 900, plus: ['maximumSeconds', 'kuredWaitSeconds'] },
});

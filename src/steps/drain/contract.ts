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
import { kubeVersion, text, yesNo } from '../../contract/param.ts';
import { besideKuredInputs, metricsInputs, type InputOf } from '../../contract/run-context.ts';
import { allFrom } from '../../contract/from-settings.ts';
import { drain as settings } from '../../settings/drain.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const drain = defineStep({
  name: 'drain',
  summary: 'Opens the ledger of a node, cordons it, evicts its pods and waits for their volumes to be detached.',
  inputs: {
    ...metricsInputs,
    ...besideKuredInputs,
    node: text(nodeName('Node to drain.')),
    target: kubeVersion({ doc: 'Version that the node goes to.', example: '1.34.10' }),
    ...allFrom(settings, { but: ['noRoom'] }),
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

export type DrainInput = Pick<
  InputOf<typeof drain>,
  | 'node'
  | 'runUid'
  | 'podName'
  | 'namespace'
  | 'target'
  | 'timeoutSeconds'
  | 'maximumSeconds'
  | 'gracePeriodSeconds'
  | 'deleteEmptyDirData'
  | 'deleteUnmanagedPods'
  | 'deleteDeadlocked'
>;

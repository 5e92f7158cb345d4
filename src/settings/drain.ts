import { DEADLOCK_POLICIES } from '../upgrade/drain/disruption-budget.ts';
import { choice, seconds, toggle } from './kinds.ts';
import { section, setting } from './kit.ts';

export const drain = section('drain', 'How a node is drained before its upgrade. PodDisruptionBudgets are honoured.', {
  timeoutSeconds: setting(seconds(60), {
    default: 1800,
    doc: 'Fails the drain after this many seconds without progress: no pod left the node and no volume was detached. The message names what stayed and why.',
  }),
  maximumSeconds: setting(seconds(60), {
    default: 7200,
    doc: 'How long, in seconds, the drain of one node may take at most, even with progress.',
  }),
  // 0 would kill pods without asking them.
  gracePeriodSeconds: setting(seconds(1), {
    default: 300,
    doc: 'How long, in seconds, an evicted pod has to end.',
  }),
  deleteEmptyDirData: setting(toggle(), {
    default: true,
    doc: 'Evict pods with emptyDir volumes too. Their data is lost.',
  }),
  deleteUnmanagedPods: setting(toggle(), {
    default: true,
    doc: 'Evict pods without a controller too. Nothing creates them again.',
  }),
  deleteDeadlocked: setting(choice(DEADLOCK_POLICIES), {
    default: 'single',
    doc: 'Pods whose PodDisruptionBudget can never allow their eviction, because as many must be healthy as there are. single: a pod that is all that its budget counts is deleted after the cordon, and its controller creates it elsewhere; with more pods the run is refused before the first cordon. never: both are refused. always: such pods are deleted one by one.',
  }),
  noRoom: setting(choice(['refuse', 'warn']), {
    default: 'refuse',
    doc: 'What to do about a pod that requests more than any other node has. refuse: the run stops before the first cordon. warn: the run says so, and the pod waits until its node is back.',
  }),
});

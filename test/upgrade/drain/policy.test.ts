import { expect } from 'chai';
import fc from 'fast-check';
import { filterStatus, type DrainPolicy } from '../../../src/upgrade/drain/policy.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import { anyPod, aPod } from '../../support/builders.ts';

const ALL: DrainPolicy = { deleteEmptyDirData: true, deleteUnmanagedPods: true, namespace: 'k8s-upgrade' };
const NONE: DrainPolicy = { deleteEmptyDirData: false, deleteUnmanagedPods: false, namespace: 'k8s-upgrade' };
const UNMANAGED = 'no controller would recreate it, and drain.deleteUnmanagedPods is false';
const EMPTY_DIR = 'it has an emptyDir volume, and drain.deleteEmptyDirData is false';

const told = (about: Partial<NodePod>, policy: DrainPolicy): string => {
  const opinion = filterStatus(aPod('p', about), policy);
  return opinion.kind === 'object' ? `object: ${opinion.because}` : opinion.kind;
};

describe('the policy of a drain', () => {
  const TABLE: readonly [string, Partial<NodePod>, DrainPolicy, string][] = [
    ['evicts a pod that some controller makes anew', {}, NONE, 'evict'],
    ['evicts a pod that is not ready', { ready: false }, NONE, 'evict'],
    ['evicts a pod that has not begun', { phase: 'Pending' }, NONE, 'evict'],
    ['evicts a pod of which nobody knows how it is', { phase: 'Unknown' }, NONE, 'evict'],
    ['counts a pod that is ending as one that must go', { terminating: true }, NONE, 'evict'],
    ["evicts another workflow's step at work", { workflow: 'nightly-backup' }, NONE, 'evict'],
    [
      "objects to another workflow's step with an emptyDir volume",
      { workflow: 'nightly-backup', emptyDir: true },
      NONE,
      `object: ${EMPTY_DIR}`,
    ],
    [
      'evicts a step of ours at work, whose emptyDir volume holds nothing',
      { namespace: 'k8s-upgrade', workflow: 'k8s-upgrade-1', emptyDir: true },
      NONE,
      'evict',
    ],
    ['leaves a pod that has ended well', { phase: 'Succeeded', controlled: false, emptyDir: true }, NONE, 'leave'],
    ['leaves a pod that has failed', { phase: 'Failed', controlled: false, emptyDir: true }, NONE, 'leave'],
    [
      'leaves a step of ours that has ended, for its log',
      { phase: 'Succeeded', workflow: 'k8s-upgrade-1' },
      NONE,
      'leave',
    ],
    ['leaves the mirror of a static pod', { mirror: true, controlled: false, emptyDir: true }, NONE, 'leave'],
    ['leaves the pod of a DaemonSet, whatever it holds', { daemonSet: true, emptyDir: true }, NONE, 'leave'],
    [
      'leaves a pod that its controller would put back on the node',
      { boundToNode: true, emptyDir: true },
      NONE,
      'leave',
    ],
    ['objects to a pod without a controller', { controlled: false }, NONE, `object: ${UNMANAGED}`],
    ['evicts it when the setting says so', { controlled: false }, { ...NONE, deleteUnmanagedPods: true }, 'evict'],
    ['objects to a pod with an emptyDir volume', { emptyDir: true }, NONE, `object: ${EMPTY_DIR}`],
    ['evicts it when the setting says so, too', { emptyDir: true }, { ...NONE, deleteEmptyDirData: true }, 'evict'],
    ['objects by its first rule when both apply', { controlled: false, emptyDir: true }, NONE, `object: ${UNMANAGED}`],
    [
      'needs both settings when both apply',
      { controlled: false, emptyDir: true },
      { ...NONE, deleteUnmanagedPods: true },
      `object: ${EMPTY_DIR}`,
    ],
    ['evicts it when both settings say so', { controlled: false, emptyDir: true }, ALL, 'evict'],
  ];
  for (const [promise, about, policy, expected] of TABLE)
    it(promise, () => {
      expect(told(about, policy)).to.equal(expected);
    });

  it('law: with all settings on nobody objects, and what is left never hangs on the settings', () => {
    fc.assert(
      fc.property(anyPod, (pod) => {
        const [strict, free] = [filterStatus(pod, NONE).kind, filterStatus(pod, ALL).kind];
        expect(free).to.not.equal('object');
        expect(strict === 'leave').to.equal(free === 'leave');
      }),
    );
  });
});

import { expect } from 'chai';
import { memoizedRun, whyRerun, type RerunInput } from '../../src/run/rerun.ts';
import type { ClusterNode } from '../../src/upgrade/node/node.ts';
import { aRecord, aNode, FROM, ME, OTHER, TO, v } from '../support/builders.ts';

const WISH: RerunInput = { runUid: ME.uid, target: TO, requestedTarget: undefined, only: [] };
const REST =
  'So this run repeats steps that had succeeded, as argo retry does with -p or --restart-successful. This step changed nothing. Start a new run, which skips upgraded nodes: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade';
const took = (run: string) => ({ lastUpgrade: { run, from: FROM, to: TO, finishedAtMs: 0, seconds: 60 } });

describe('a run whose finished steps are run again', () => {
  const TABLE: readonly [string, Partial<ClusterNode>, Partial<RerunInput>, string | undefined][] = [
    ['is not one that meets a node for the first time', {}, {}, undefined],
    ['nor one that goes where it was asked to', {}, { requestedTarget: TO, only: ['w1'] }, undefined],
    ['nor one that takes a node over', { upgradeRecord: aRecord({ run: OTHER.uid }) }, {}, undefined],
    ['nor one that comes after another', { kubelet: TO, ...took(OTHER.uid) }, {}, undefined],
    ['nor one that does a node again that was taken back meanwhile', took(ME.uid), {}, undefined],
    [
      'is seen by a target that came after the decision',
      {},
      { requestedTarget: v('1.34.11') },
      'This run upgrades to v1.34.10, and its parameter target is v1.34.11 now.',
    ],
    [
      'is seen by nodes that were named after the decision',
      {},
      { only: ['w2', 'w3'] },
      'This run upgrades w1, and its parameter nodes names only w2, w3 now.',
    ],
    ['is seen by its own open upgrade record', { upgradeRecord: aRecord() }, {}, 'w1 was already begun by this run.'],
    [
      'is seen by what a finished node remembers',
      { kubelet: TO, ...took(ME.uid) },
      {},
      'w1 was already upgraded by this run.',
    ],
  ];
  for (const [promise, about, wish, seen] of TABLE)
    it(promise, () => {
      expect(whyRerun(aNode('w1', about), { ...WISH, ...wish })).to.equal(seen && `${seen} ${REST}`);
    });

  it('is told of the other way as well', () => {
    expect(memoizedRun('nightly-2-x1')).to.equal(
      'nightly-2-x1 was started by argo resubmit --memoized, which reuses finished steps of another run and runs others twice. This step changed nothing. Start a new run, which skips upgraded nodes: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade',
    );
  });
});

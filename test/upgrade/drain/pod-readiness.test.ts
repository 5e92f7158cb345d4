import { expect } from 'chai';
import fc from 'fast-check';
import {
  countPods,
  formatCount,
  formatPodsAtBegin,
  neededRatio,
  podsAtBegin,
  podsAnnotation,
  ratioOf,
} from '../../../src/upgrade/drain/pod-readiness.ts';
import { aPod } from '../../support/builders.ts';

describe('counting pods', () => {
  it('counts those that are there to stay, and names those that are not ready', () => {
    const pods = [
      aPod('web-2', { ready: false }),
      aPod('web-1'),
      aPod('waits', { namespace: 'a', ready: false, phase: 'Pending' }),
    ];
    expect(countPods(pods)).to.deep.equal({ ready: 1, all: 3, notReady: ['a/waits', 'default/web-2'] });
  });

  const LEFT_OUT: readonly [string, Parameters<typeof aPod>[1]][] = [
    ['one that has done its work', { phase: 'Succeeded', ready: false }],
    ['one that failed, and that its controller has made anew', { phase: 'Failed', ready: false }],
    ['one that is ending', { terminating: true, ready: false }],
    ['a step of this run, or of any Argo Workflow', { workflow: 'k8s-upgrade-nightly-2', ready: true }],
    ['one of a Job', { labels: { 'batch.kubernetes.io/job-name': 'report' }, ready: false }],
    ['one of a Job of an older cluster', { labels: { 'job-name': 'report' }, ready: false }],
  ];
  for (const [what, about] of LEFT_OUT)
    it(`leaves out ${what}`, () => {
      expect(countPods([aPod('web'), aPod('x', about)])).to.deep.equal({ ready: 1, all: 1, notReady: [] });
    });

  it('finds every pod of an empty cluster ready', () => {
    expect(ratioOf(countPods([]))).to.equal(1);
  });

  it('is never said to be more than it is', () => {
    expect(formatCount({ ready: 1999, all: 2000 })).to.equal('1999 of 2000 (0.99)');
    expect(formatCount({ ready: 9, all: 10 })).to.equal('9 of 10 (0.90)');
  });
});

describe('how many pods must be ready', () => {
  it("is the operator's share of a cluster that was well", () => {
    expect(neededRatio(90, undefined)).to.equal(0.9);
    expect(neededRatio(90, { ready: 19, all: 20 })).to.equal(0.9);
  });

  it('is what the run found in a cluster that was ill', () => {
    expect(neededRatio(90, { ready: 1, all: 2 })).to.equal(0.5);
  });

  it('is never more than the share, and always enough for a cluster that is as it was', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(1000), fc.nat(1000), (percent, ready, more) => {
        const before = { ready, all: ready + more };
        const needed = neededRatio(percent, before);
        return needed <= percent / 100 && ratioOf(before) >= needed;
      }),
    );
  });
});

describe('what the namespace remembers of the pods', () => {
  const prefix = 'x/';
  const said = (text: string) => podsAtBegin({ [podsAnnotation(prefix)]: text }, prefix, 'uid');

  it('comes back as it was written, for the same run', () => {
    expect(said(formatPodsAtBegin('uid', { ready: 3, all: 4 }))).to.deep.equal({ ready: 3, all: 4 });
  });

  it('is nothing of another run, and nothing that cannot be read', () => {
    for (const text of [
      formatPodsAtBegin('other', { ready: 3, all: 4 }),
      '',
      'null',
      '{',
      '{"run":"uid","ready":5,"all":4}',
      '{"run":"uid","ready":-1,"all":4}',
      '{"run":"uid","ready":"3","all":4}',
    ])
      expect(said(text), text).to.equal(undefined);
    expect(podsAtBegin({}, prefix, 'uid')).to.equal(undefined);
  });
});

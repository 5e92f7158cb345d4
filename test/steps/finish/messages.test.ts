import { expect } from 'chai';
import { startOf } from '../../../src/steps/begin/act.ts';
import { decide } from '../../../src/steps/finish/decide.ts';
import type { FinishInput } from '../../../src/steps/finish/contract.ts';
import { noticeOf } from '../../../src/steps/finish/notice.ts';
import type { FinishFacts } from '../../../src/steps/finish/observe.ts';
import { RUN_ENDS, type RunEnd } from '../../../src/signals/gauges.ts';
import type { Notice } from '../../../src/signals/notice.ts';
import { slackMessage } from '../../../src/signals/slack-message.ts';
import { aControlPlane, aFailure, aRecord, aNode, ME, OTHER, TO, NOBODY_ASKED } from '../../support/builders.ts';
import { expectGolden } from '../../support/golden.ts';

const NOW = Date.UTC(2026, 10, 24, 1);
const ABOUT = {
  ...{ clusterName: 'prod', runName: ME.name, namespace: 'k8s-upgrade', target: TO },
  argoUiUrl: 'https://argo.example.com',
};
const FACTS: FinishFacts = {
  nodes: [aControlPlane('cp1', { kubelet: TO }), aNode('w1', { kubelet: TO })],
  lease: { holder: ME, renewedAtMs: 0, revision: '3' },
  ...{ livePods: [], otherAtWork: undefined, unscheduled: [], stop: undefined, killSwitch: undefined },
  ...{ inFlight: ME.name, startedAtMs: NOW - 3_900_000 },
};
const INPUT: FinishInput = {
  ...{ status: 'Succeeded', verdict: 'upgrade', reason: 'v1.34.10 is the newest patch of 1.34.' },
  ...{
    target: TO,
    gateVerdict: 'clear',
    gateMessage: 'Clear for v1.34.10.',
    beginVerdict: 'go',
    beginMessage: 'Held.',
  },
  ...NOBODY_ASKED,
  ...{ only: [], podsReady: undefined, detectionDryRun: false },
};
const BEHIND = { nodes: [aControlPlane('cp1', { kubelet: TO }), aNode('w1')] };
const CORDONED = aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) });
const FAILED: Partial<FinishInput> = { status: 'Failed' };
const failed = (message: string): Partial<FinishFacts> => ({
  failures: [aFailure('worker(0:name:w1,role:worker)', '', { node: 'w1' }), aFailure('upgrade(0)', message)],
});
const notBegun = { startedAtMs: undefined, inFlight: undefined };

const ENDS: readonly [string, RunEnd, Partial<FinishFacts>, Partial<FinishInput>][] = [
  ['upgraded', 'upgraded', {}, { podsReady: '47 of 48 (0.97)' }],
  [
    'blocked',
    'blocked',
    notBegun,
    { gateVerdict: 'blocked', gateMessage: 'Blocked for v1.34.10: calico 3.28 supports up to 1.34.' },
  ],
  ['paused', 'paused', { ...BEHIND, stop: { run: ME.uid, verdict: 'pause', because: 'Frozen (sales).' } }, {}],
  ['halted', 'halted', { ...BEHIND, killSwitch: 'disk swap' }, {}],
  ['refused', 'refused', notBegun, { verdict: 'refused', reason: 'v1.36.0 is 2 minors ahead of v1.34.9.' }],
  ['detected', 'detected', notBegun, { detectionDryRun: true }],
  [
    'failed',
    'failed',
    {
      nodes: [aControlPlane('cp1', { kubelet: TO }), CORDONED],
      ...failed('upgrade-node: kubeadm failed on w1: <!channel> & "x".'),
    },
    FAILED,
  ],
  [
    'stopped',
    'failed',
    {
      nodes: [aControlPlane('cp1', { kubelet: TO }), CORDONED],
      livePods: ['k8s-upgrade-nightly-2-upgrade-1'],
      ...failed("Stopped with strategy 'Stop'"),
    },
    FAILED,
  ],
  [
    'failed-many',
    'failed',
    {
      nodes: Array.from({ length: 40 }, (_, index) => ({ ...CORDONED, name: `w${index}` })),
      ...failed('drain: time-out.'),
    },
    FAILED,
  ],
  [
    'cleared',
    'nothing-to-do',
    { inFlight: OTHER.name, startedAtMs: undefined },
    { verdict: 'none', reason: 'v1.34.10 is the newest patch of 1.34.', target: undefined },
  ],
];

const noticeFor = (facts: Partial<FinishFacts>, input: Partial<FinishInput>): Notice | undefined => {
  const [all, asked] = [
    { ...FACTS, ...facts },
    { ...INPUT, ...input },
  ];
  return noticeOf(decide(all, asked, ME), all, { ...ABOUT, target: asked.target }, NOW);
};
/** The blocks, and what a notification shows. */
const golden = (name: string, notice: Notice | undefined): void => {
  expect(notice).to.not.equal(undefined);
  if (notice === undefined) return;
  const { text, blocks } = slackMessage(notice);
  expectGolden(new URL(`golden/${name}.json`, import.meta.url), `${JSON.stringify({ blocks }, null, 2)}\n`);
  expectGolden(new URL(`golden/${name}.txt`, import.meta.url), `${text}\n`);
};

describe('what people are told', () => {
  it('when an upgrade begins', () => {
    golden('started', startOf(ABOUT, undefined, []));
  });

  it('when one begins that goes on from another', () => {
    golden('taken-over', startOf(ABOUT, OTHER.name, []));
  });

  for (const [name, outcome, facts, input] of ENDS)
    it(`of the end ${name}`, () => {
      const notice = noticeFor(facts, input);
      expect(notice?.event).to.equal(outcome);
      golden(name, notice);
    });

  it('is that an approval is void, to whoever gave it', () => {
    const notice = noticeFor(notBegun, {
      ...{ verdict: 'held', approval: 'approve', planVerdict: 'void', planMessage: 'The approval is void.' },
    });
    expect([notice?.event, notice?.text]).to.deep.equal(['held', 'On hold. The approval is void.']);
  });

  it('is nothing of a night without anything to do, nor of what can only be waited for', () => {
    expect(noticeFor(notBegun, { verdict: 'none' })).to.equal(undefined);
    expect(noticeFor(notBegun, { gateVerdict: 'held' })).to.equal(undefined);
    const asked = { verdict: 'held', planDigest: 'd1', approval: 'timeout' } as const;
    expect(noticeFor(notBegun, asked)).to.equal(undefined);
  });

  it('has a line above for every end of an upgrade', () => {
    expect([...new Set([...ENDS.map(([, outcome]) => outcome), 'held', 'done'])]).to.have.members([...RUN_ENDS]);
  });
});

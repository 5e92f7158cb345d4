import { expect } from 'chai';
import { decide } from '../../../src/steps/finish/decide.ts';
import type { Ending, FinishWish } from '../../../src/steps/finish/ending.ts';
import type { FinishFacts } from '../../../src/steps/finish/observe.ts';
import { formatKuredLock } from '../../../src/run/kured-lock.ts';
import { haltedBecause } from '../../../src/run/stop.ts';
import { titleOf } from '../../../src/signals/notice.ts';
import { aFailure, aControlPlane, aRecord, aNode, FROM, ME, OTHER, TO, NOBODY_ASKED } from '../../support/builders.ts';

const LEASE = { holder: ME, renewedAtMs: 0, revision: '3' };
const FACTS: FinishFacts = {
  ...{ nodes: [aControlPlane('cp1', { kubelet: TO }), aNode('w1')], lease: LEASE, livePods: [], unscheduled: [] },
  ...{ otherAtWork: undefined, stop: undefined, killSwitch: undefined, inFlight: undefined },
};
const WISH: FinishWish = {
  ...{ errand: 'rollback', result: 'w1 is back at v1.34.9, from v1.34.10.', status: 'Succeeded' },
  ...{ verdict: undefined, reason: undefined, target: FROM, gateVerdict: undefined, gateMessage: undefined },
  ...NOBODY_ASKED,
  ...{ beginVerdict: 'go', beginMessage: 'The Lease is held by this run.', only: ['w1'], detectionDryRun: false },
};
const AGAIN = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<name>';
const NEXT = `To go on from where it stopped, once the cause is gone: argo retry -n k8s-upgrade ${ME.name}. Anew: ${AGAIN}`;
const CORDONED = aNode('w1', { unschedulable: true, kubelet: TO, upgradeRecord: aRecord({ from: TO, to: FROM }) });

describe('finish, of an errand', () => {
  const TABLE: readonly [string, Partial<FinishFacts>, Partial<FinishWish>, Ending][] = [
    [
      'says what was done and gives the Lease back, not what an upgrade left in the namespace',
      {},
      {},
      { outcome: 'done', message: 'w1 is back at v1.34.9, from v1.34.10.', release: LEASE, clear: false },
    ],
    [
      'gives back no Lease of another run',
      { lease: { ...LEASE, holder: OTHER } },
      {},
      { outcome: 'done', message: 'w1 is back at v1.34.9, from v1.34.10.', release: undefined, clear: false },
    ],
    [
      'says that the kill switch came first',
      {},
      { beginVerdict: 'halt', beginMessage: haltedBecause('not now') },
      {
        outcome: 'halted',
        message: `${haltedBecause('not now')}\nThen begin anew: ${AGAIN}`,
        ...{ release: LEASE, clear: false },
      },
    ],
    [
      'says that it came before the drain',
      { nodes: [aNode('w1', { kubelet: TO })], stop: { run: ME.uid, verdict: 'halt', because: haltedBecause('') } },
      {},
      {
        outcome: 'halted',
        message: `${haltedBecause('')}\nThen begin anew: ${AGAIN}`,
        ...{ release: LEASE, clear: false },
      },
    ],
    [
      'says that kured came first, and lets it',
      {},
      { beginVerdict: 'pause', beginMessage: 'kured rolls w2.' },
      { outcome: 'halted', message: `kured rolls w2.\nThen begin anew: ${AGAIN}`, release: LEASE, clear: false },
    ],
    [
      'names what failed, the node that is left, and the way on',
      { nodes: [CORDONED], failures: [aFailure('upgrade', 'no room')] },
      { status: 'Failed' },
      {
        outcome: 'failed',
        message: `Failed: worker rollback.\nupgrade: no room\nNode w1: cordoned by this pipeline, draining from 1.34.10 to 1.34.9.\n${NEXT}`,
        ...{ release: undefined, clear: false },
      },
    ],
  ];
  it('keeps the lock of kured after a failure, as it keeps the Lease, and says until when', () => {
    const nowMs = Date.parse('2026-11-24T01:00:00Z');
    const place = { daemonSet: 'kube-system/kured', annotation: 'weave.works/kured-node-lock', revision: '1' };
    const kured = { ...place, concurrency: 1, lock: formatKuredLock(ME, nowMs, 1) };
    const { message } = decide({ ...FACTS, kured, nowMs }, { ...WISH, status: 'Failed' }, ME);
    expect(message.split('\n').slice(-2)).to.deep.equal([
      'kured rolls no node meanwhile: this run keeps its lock until 2026-11-25 07:00 UTC.',
      NEXT,
    ]);
  });

  for (const [promise, facts, wish, ending] of TABLE)
    it(promise, () => {
      expect(decide({ ...FACTS, ...facts }, { ...WISH, ...wish }, ME)).to.deep.equal(ending);
    });

  const UNTRUE: readonly [string, Partial<FinishFacts>, Partial<FinishWish>, string][] = [
    ['a node that is not there', { nodes: [aNode('w1', { kubelet: TO })] }, {}, 'not at v1.34.9: w1'],
    ['a step that said nothing', {}, { result: undefined }, 'nothing was said of what was done'],
  ];
  for (const [what, facts, wish, because] of UNTRUE)
    it(`calls no success what left ${what}`, () => {
      const ending = decide({ ...FACTS, ...facts }, { ...WISH, ...wish }, ME);
      expect(ending).to.include({ outcome: 'failed', contradiction: ending.message });
      expect(ending.message).to.equal(
        `Failed: worker rollback.\nworkflow: Every step ended well, yet ${because}.\n${NEXT}`,
      );
    });

  it('has titles of its own', () => {
    const notice = { cluster: 'prod', run: ME.name, target: FROM, text: '', seconds: undefined, link: undefined };
    expect(titleOf({ ...notice, operation: 'reset', event: 'done' })).to.equal('✅ prod: reset done');
    expect(titleOf({ ...notice, operation: 'rollback', event: 'failed' })).to.equal('❌ prod: worker rollback failed');
    expect(titleOf({ ...notice, operation: 'ssh-key-rotation', event: 'halted' })).to.equal(
      '🛑 prod: SSH key rotation halted',
    );
  });
});

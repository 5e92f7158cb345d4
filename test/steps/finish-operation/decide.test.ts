import { expect } from 'chai';
import { formatKuredLock } from '../../../src/run/kured-lock.ts';
import { haltedBecause } from '../../../src/run/stop.ts';
import { titleOf, type Notice } from '../../../src/signals/notice.ts';
import { slackMessage } from '../../../src/signals/slack-message.ts';
import type { EndFacts } from '../../../src/steps/exit-handler/facts.ts';
import { end } from '../../../src/steps/finish-operation/act.ts';
import type { FinishOperationInput } from '../../../src/steps/finish-operation/contract.ts';
import { decide, type OperationResult } from '../../../src/steps/finish-operation/decide.ts';
import { observe } from '../../../src/steps/finish-operation/observe.ts';
import { aControlPlane, aFailure, aRecord, aNode, FROM, ME, OTHER, TO } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';
import { expectGolden } from '../../support/golden.ts';

const LEASE = { holder: ME, renewedAtMs: 0, revision: '3' };
const FACTS: EndFacts = {
  ...{ nodes: [aControlPlane('cp1', { kubelet: TO }), aNode('w1')], lease: LEASE, livePods: [], unscheduled: [] },
  ...{ otherAtWork: undefined, stop: undefined },
};
const INPUT: FinishOperationInput = {
  ...{ operation: 'rollback', result: 'w1 is back at v1.34.9, from v1.34.10.', status: 'Succeeded' },
  ...{ target: FROM, beginVerdict: 'go', beginMessage: 'The Lease is held by this run.', only: ['w1'] },
};
const AGAIN = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-rollback-worker -p node=<name>';
const NEXT = `To resume where it stopped, once the cause is fixed: argo retry -n k8s-upgrade ${ME.name}. To start it again: ${AGAIN}`;
const CORDONED = aNode('w1', { unschedulable: true, kubelet: TO, upgradeRecord: aRecord({ from: TO, to: FROM }) });

describe('finish-operation', () => {
  const TABLE: readonly [string, Partial<EndFacts>, Partial<FinishOperationInput>, OperationResult][] = [
    [
      'says what was done and gives the Lease back, not what an upgrade left in the namespace',
      {},
      {},
      { outcome: 'done', message: 'w1 is back at v1.34.9, from v1.34.10.', release: LEASE },
    ],
    [
      'gives back no Lease of another run',
      { lease: { ...LEASE, holder: OTHER } },
      {},
      { outcome: 'done', message: 'w1 is back at v1.34.9, from v1.34.10.', release: undefined },
    ],
    [
      'says that the kill switch came first',
      {},
      { beginVerdict: 'halt', beginMessage: haltedBecause('not now') },
      {
        outcome: 'halted',
        message: `${haltedBecause('not now')}\nThen start it again: ${AGAIN}`,
        release: LEASE,
      },
    ],
    [
      'says that it came before the drain',
      { nodes: [aNode('w1', { kubelet: TO })], stop: { run: ME.uid, verdict: 'halt', because: haltedBecause('') } },
      {},
      {
        outcome: 'halted',
        message: `${haltedBecause('')}\nThen start it again: ${AGAIN}`,
        release: LEASE,
      },
    ],
    [
      'says that kured came first, and lets it',
      {},
      { beginVerdict: 'pause', beginMessage: 'kured rolls w2.' },
      { outcome: 'halted', message: `kured rolls w2.\nThen start it again: ${AGAIN}`, release: LEASE },
    ],
    [
      'names what failed, the node that is left, and the way on',
      { nodes: [CORDONED], failures: [aFailure('upgrade', 'no room')] },
      { status: 'Failed' },
      {
        outcome: 'failed',
        message: `Failed: worker rollback.\nupgrade: no room\nNode w1: cordoned by this pipeline, draining from 1.34.10 to 1.34.9.\n${NEXT}`,
        release: undefined,
      },
    ],
  ];
  it('keeps the lock of kured after a failure, as it keeps the Lease, and says until when', () => {
    const nowMs = Date.parse('2026-11-24T01:00:00Z');
    const place = { daemonSet: 'kube-system/kured', annotation: 'weave.works/kured-node-lock', revision: '1' };
    const kured = { ...place, concurrency: 1, lock: formatKuredLock(ME, nowMs, 1) };
    const { message } = decide({ ...FACTS, kured, nowMs }, { ...INPUT, status: 'Failed' }, ME);
    expect(message.split('\n').slice(-2)).to.deep.equal([
      'This run keeps the lock of kured, so that kured rolls no node, until 2026-11-25 07:00 UTC.',
      NEXT,
    ]);
  });

  for (const [promise, facts, input, result] of TABLE)
    it(promise, () => {
      expect(decide({ ...FACTS, ...facts }, { ...INPUT, ...input }, ME)).to.deep.equal(result);
    });

  const UNTRUE: readonly [string, Partial<EndFacts>, Partial<FinishOperationInput>, string][] = [
    ['a node that is not there', { nodes: [aNode('w1', { kubelet: TO })] }, {}, 'these are not at v1.34.9: w1'],
    ['a step that said nothing', {}, { result: undefined }, 'no step left a result'],
  ];
  for (const [what, facts, input, because] of UNTRUE)
    it(`calls no success what left ${what}`, () => {
      const result = decide({ ...FACTS, ...facts }, { ...INPUT, ...input }, ME);
      expect(result).to.include({ outcome: 'failed', contradiction: result.message });
      expect(result.message).to.equal(
        `Failed: worker rollback.\nworkflow: Every step succeeded, but ${because}.\n${NEXT}`,
      );
    });

  it('names an unreadable node, and does not call its rollback done', () => {
    const unreadableNodes = [{ name: 'w1', because: 'it reports the kubelet version "garbage".' }];
    const { outcome, message, contradiction } = decide({ ...FACTS, nodes: [], unreadableNodes }, INPUT, ME);
    expect([outcome, contradiction]).to.deep.equal(['failed', message]);
    expect(message.split('\n')).to.deep.equal([
      'Failed: worker rollback.',
      'workflow: Every step succeeded, but these are not at v1.34.9: w1 (cannot be read).',
      NEXT,
      'Node w1 cannot be read: it reports the kubelet version "garbage".',
    ]);
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

describe('finish-operation, at its end', () => {
  const ABOUT = { clusterName: 'prod', runName: ME.name, namespace: 'k8s-upgrade' };
  const PLACE = { podName: 'finish-1', annotationPrefix: 'argo-kubeadm-upgrade.io/' };
  const MARKS = { [`${PLACE.annotationPrefix}in-flight`]: OTHER.name };
  let [cluster, leases, kured, clock] = [new FakeCluster(), new FakeLease(), new FakeKured(), new FakeClock()];
  let notices: Notice[] = [];
  beforeEach(async () => {
    [cluster, leases, kured, clock, notices] = [
      new FakeCluster(),
      new FakeLease(),
      new FakeKured(),
      new FakeClock(),
      [],
    ];
    cluster.addNode('w1');
    await cluster.writeRunMarks(MARKS);
    await leases.write(undefined, ME, 0);
    kured.set(formatKuredLock(ME, clock.now(), 1));
  });
  const finish = async (input: Partial<FinishOperationInput> = {}): Promise<void> => {
    const all = { ...INPUT, ...input };
    const clients = { cluster, leases, runs: new FakeRuns(), kured, clock };
    const result = decide(await observe(clients, ME, PLACE), all, ME);
    const chat = { tell: async (notice: Notice): Promise<void> => void notices.push(notice) };
    const about = { ...all, ...ABOUT, argoUiUrl: 'https://argo.example.com' };
    await end(result, { ...clients, chat, log: () => undefined }, about, ME);
  };

  it('sends a notice, and releases the Lease and the lock of kured; the marks of an upgrade stay', async () => {
    await finish();
    expect([(await leases.read())?.holder, kured.lock]).to.deep.equal([undefined, undefined]);
    expect(cluster.marks).to.deep.equal(MARKS);
    expect(notices.map(({ event, operation }) => [event, operation])).to.deep.equal([['done', 'rollback']]);
  });

  it('keeps both after a failure', async () => {
    await finish({ status: 'Failed' });
    expect([(await leases.read())?.holder, kured.lock]).to.deep.equal([ME, formatKuredLock(ME, clock.now(), 1)]);
    expect(notices.map(({ event }) => event)).to.deep.equal(['failed']);
  });

  it('sends the notice although the Lease cannot be released', async () => {
    leases.write = () => Promise.reject(new Error('HTTP 503'));
    const thrown = await finish().catch((error: unknown) => error);
    expect([(thrown as Error).message, notices.length, kured.lock]).to.deep.equal(['HTTP 503', 1, undefined]);
  });

  it('looks like this', async () => {
    cluster.alterNode('w1', { kubelet: TO });
    await finish({ result: 'w1 is back at v1.34.10, from v1.34.11.', target: TO });
    const { text, blocks } = slackMessage(notices[0] as Notice);
    expectGolden(new URL('golden/done.json', import.meta.url), `${JSON.stringify({ blocks }, null, 2)}\n`);
    expectGolden(new URL('golden/done.txt', import.meta.url), `${text}\n`);
  });
});

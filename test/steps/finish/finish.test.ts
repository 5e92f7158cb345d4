import { expect } from 'chai';
import fc from 'fast-check';
import { quiescedOf } from '../../../src/steps/guards/quiesce.ts';
import { restoreDeployments } from '../../../src/steps/exit-handler/act.ts';
import { isSettled, type Unread } from '../../../src/steps/exit-handler/facts.ts';
import { cleanUp } from '../../../src/steps/finish/act.ts';
import { finish as contract, type FinishInput } from '../../../src/steps/finish/contract.ts';
import { decide, type RunResult } from '../../../src/steps/finish/decide.ts';
import { observe, type FinishFacts } from '../../../src/steps/finish/observe.ts';
import { buildFence, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { fencedKured } from '../../../src/steps/guards/kured.ts';
import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { pollUntil } from '../../../src/steps/runtime/poll-until.ts';
import type { LeaseRecord } from '../../../src/steps/ports/lease.ts';
import { formatKuredLock } from '../../../src/run/kured-lock.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { formatRunStop, haltedBecause, type RunStop } from '../../../src/run/stop.ts';
import {
  aControlPlane,
  aFailure,
  aRecord,
  aNode,
  anyCluster,
  FROM,
  ME,
  OTHER,
  TO,
  v,
  NOBODY_ASKED,
} from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeDeployments } from '../../support/fakes/deployments.ts';
import { FakeKured } from '../../support/fakes/kured.ts';
import { FakeLease, FakeRuns } from '../../support/fakes/lease.ts';

const OURS: LeaseRecord = { holder: ME, renewedAtMs: 0, revision: '3' };
const THEIRS: LeaseRecord = { holder: OTHER, renewedAtMs: 0, revision: '4' };
const UPGRADED = [aControlPlane('cp1', { kubelet: TO }), aNode('w1', { kubelet: TO })];
const factsOf = (nodes: readonly ClusterNode[], about: Partial<FinishFacts> = {}): FinishFacts => ({
  nodes,
  lease: OURS,
  livePods: [],
  otherAtWork: undefined,
  unscheduled: [],
  stop: undefined,
  killSwitch: undefined,
  inFlight: undefined,
  ...about,
});
const INPUT: FinishInput = {
  status: 'Succeeded',
  verdict: 'upgrade',
  reason: 'v1.34.10 is the newest patch of 1.34 that is offered; the cluster runs v1.34.9.',
  target: TO,
  gateVerdict: 'clear',
  gateMessage: 'Clear for v1.34.10.',
  ...NOBODY_ASKED,
  beginVerdict: 'go',
  beginMessage: 'The Lease is held by this run, k8s-upgrade-nightly-2.',
  only: [],
  podsReady: undefined,
  detectionDryRun: false,
};
const end = (facts: FinishFacts, input: Partial<FinishInput> = {}): RunResult =>
  decide(facts, { ...INPUT, ...input }, ME);
const GIVEN_BACK = { release: OURS, clear: true };
const PAUSE: RunStop = { run: ME.uid, verdict: 'pause', because: 'Frozen.' };
const HALT: RunStop = { run: ME.uid, verdict: 'halt', because: haltedBecause('not today') };
const KEPT = { release: undefined, clear: false };
const RETRY =
  'To resume where it stopped, once the cause is fixed: argo retry -n k8s-upgrade k8s-upgrade-nightly-2. The next scheduled run resumes as well.';
/** An item of a list, and a step in it. */
const FAILURES = [aFailure('worker(0:name:w1,role:worker)', '', { node: 'w1' }), aFailure('admit', 'timeout')];
const ANEW =
  'Once this is fixed, the next scheduled run resumes by itself. To start a run now: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade';

describe('finish says', () => {
  it('upgraded: the nodes and the version; gives the Lease back and clears the namespace', () => {
    expect(end(factsOf(UPGRADED))).to.deep.equal({
      outcome: 'upgraded',
      message: 'Upgraded: cp1, w1 at v1.34.10.',
      release: OURS,
      clear: true,
    });
  });

  it('upgraded, and how many pods are ready, where postflight counted them', () => {
    expect(end(factsOf(UPGRADED), { podsReady: '47 of 48 (0.97)' }).message).to.equal(
      'Upgraded: cp1, w1 at v1.34.10.\nPods ready: 47 of 48 (0.97).',
    );
  });

  it('upgraded, of the nodes that were asked for', () => {
    const nodes = [...UPGRADED, aNode('w2')];
    expect(end(factsOf(nodes), { only: ['w1'] })).to.include({
      outcome: 'upgraded',
      message: 'Upgraded: w1 at v1.34.10.',
    });
  });

  it('upgraded, and which nodes were ahead or stay cordoned', () => {
    const nodes = [
      ...UPGRADED,
      aNode('w2', { kubelet: v('1.34.11') }),
      aNode('w3', { kubelet: TO, unschedulable: true }),
    ];
    expect(end(factsOf(nodes)).message).to.equal(
      [
        'Upgraded: cp1, w1, w3 at v1.34.10.',
        'Node w2: left unchanged, because it is newer than the target: v1.34.11.',
        'Node w3: cordoned, not by this pipeline.',
      ].join('\n'),
    );
  });

  const UNTOUCHED: readonly [string, Partial<FinishInput>, string, string][] = [
    [
      'nothing to do',
      { verdict: 'none', reason: 'Every node is at v1.34.10.' },
      'nothing-to-do',
      'Nothing to do. Every node is at v1.34.10.',
    ],
    [
      'held, as nobody approved it',
      { verdict: 'held', reason: 'Ask.', planDigest: 'd1', approval: 'timeout' },
      'held',
      'On hold. Nothing was changed. Ask.\nThe plan d1 was not approved in time.\nThe next scheduled run checks again.',
    ],
    [
      'held, as it was rejected',
      { verdict: 'held', reason: 'Ask.', planDigest: 'd1', approval: 'reject' },
      'held',
      'On hold. Nothing was changed. Ask.\nThe plan d1 was rejected.\nThe next scheduled run checks again.',
    ],
    [
      'held, as somebody said what is neither',
      { verdict: 'held', reason: 'Ask.', planDigest: 'd1', approval: 'yes' },
      'held',
      'On hold. Nothing was changed. Ask.\nThe plan d1 was neither approved nor rejected, but answered with "yes".\nThe next scheduled run checks again.',
    ],
    [
      'held, with what the gate finds before anybody is asked',
      { verdict: 'held', reason: 'Ask.', gateVerdict: 'blocked', gateMessage: 'Blocked.\n[actionable: x] y.' },
      'held',
      'On hold. Nothing was changed. Ask.\nBlocked.\n[actionable: x] y.\nThe next scheduled run checks again.',
    ],
    [
      'blocked, when the gate does not let through what was approved',
      {
        ...{ verdict: 'held', approval: 'approve', planDigest: 'd1' },
        ...{ gateAgainVerdict: 'blocked', gateAgainMessage: 'Blocked.\n[actionable: x] y.' },
      },
      'blocked',
      'Blocked.\n[actionable: x] y.\nOnce this is fixed, the next scheduled run resumes by itself. To start a run now: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade',
    ],
    [
      'what somebody would be asked, on a dry run',
      { verdict: 'held', reason: 'Ask.', detectionDryRun: true },
      'detected',
      'Detection only: the upgrade would wait for approval. Ask.\nClear for v1.34.10.',
    ],
    ['refused', { verdict: 'refused', reason: 'No.' }, 'refused', 'Refused. Nothing was changed. No.'],
    [
      'what would start, on a dry run',
      { detectionDryRun: true, reason: 'New.' },
      'detected',
      'Detection only: an upgrade would start. New.\nClear for v1.34.10.',
    ],
    [
      'what would not start, on a dry run',
      { detectionDryRun: true, reason: 'New.', gateVerdict: 'held', gateMessage: 'Held.\n[waiting: x] y.' },
      'detected',
      'Detection only: no upgrade would start. New.\nHeld.\n[waiting: x] y.',
    ],
    [
      'blocked, by what, and how to go on',
      { gateVerdict: 'blocked', gateMessage: 'Blocked.\n[actionable: x] y.' },
      'blocked',
      'Blocked.\n[actionable: x] y.\nOnce this is fixed, the next scheduled run resumes by itself. To start a run now: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade',
    ],
    [
      'held, by what',
      { gateVerdict: 'held', gateMessage: 'Held.\n[waiting: x] y.' },
      'held',
      'Held.\n[waiting: x] y.\nThe next scheduled run checks again.',
    ],
    [
      'held, even without a message',
      { gateVerdict: 'held', gateMessage: undefined },
      'held',
      'The gate gave no reason.\nThe next scheduled run checks again.',
    ],
    [
      'paused before anything began, and when it goes on',
      { beginVerdict: 'pause', beginMessage: 'Frozen up to and including 2026-11-30 (sales): …' },
      'paused',
      'Paused. Nothing was changed. Frozen up to and including 2026-11-30 (sales): …\nThe next scheduled run inside a maintenance window resumes by itself.',
    ],
    [
      'halted before anything began, by what, and how to go on',
      { beginVerdict: 'halt', beginMessage: HALT.because },
      'halted',
      'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (not today): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch\nAfter that, the next scheduled run resumes by itself. To start a run now: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade\nNothing was changed.',
    ],
    [
      'nothing to do, even without a reason',
      { verdict: 'none', reason: undefined },
      'nothing-to-do',
      'Nothing to do. No reason was given.',
    ],
  ];
  for (const [what, input, outcome, message] of UNTOUCHED)
    it(`${what}; and touches neither Lease nor namespace`, () => {
      expect(end(factsOf([aNode('w1')], { lease: THEIRS }), input)).to.deep.equal({ outcome, message, ...KEPT });
    });

  it('held, and says so to who approved a plan that is outdated', () => {
    const input = { verdict: 'held', approval: 'approve', planVerdict: 'void', planMessage: 'The approval is void: …' };
    expect(end(factsOf([aNode('w1')]), input as Partial<FinishInput>)).to.deep.equal({
      ...{ outcome: 'held', message: 'On hold. The approval is void: …', answer: true },
      ...KEPT,
    });
  });

  it('upgraded, after an approval that held', () => {
    const input = { verdict: 'held', approval: 'approve', gateAgainVerdict: 'clear', planVerdict: 'valid' } as const;
    expect(end(factsOf(UPGRADED), input)).to.include({
      outcome: 'upgraded',
      ...GIVEN_BACK,
    });
  });

  it('failed, when a plan was to be shown or looked at again and was not', () => {
    for (const [input, message] of [
      [{ verdict: 'held' }, 'The plan step left no verdict.'],
      [
        { verdict: 'held', approval: 'approve', gateAgainVerdict: 'clear', planDigest: 'd1' },
        'The plan was approved, and the plan step did not check it again.',
      ],
    ] as const) {
      const { outcome, contradiction } = end(factsOf([aNode('w1')]), input);
      expect(outcome).to.equal('failed');
      expect(contradiction).to.include(message);
    }
  });

  it('paused because kured was faster than the run that had the Lease by then, which gives it back', () => {
    const input = { beginVerdict: 'pause', beginMessage: 'kured rolls w3.' } as const;
    expect(end(factsOf([aNode('w1')]), input)).to.include({ outcome: 'paused', ...GIVEN_BACK });
    // The marks of a run that failed are its own: where its snapshot is must not be forgotten.
    const another = { ...factsOf([aNode('w1')]), inFlight: 'k8s-upgrade-nightly-1' };
    expect(end(another, input)).to.include({ outcome: 'paused', ...GIVEN_BACK, clear: false });
  });

  it('which nodes are cordoned, on every way out', () => {
    const facts = factsOf([aNode('w1', { unschedulable: true })]);
    const ways: Partial<FinishInput>[] = [
      { verdict: 'none' },
      { verdict: 'held', planDigest: 'd1', approval: 'timeout' },
      { verdict: 'refused' },
      { detectionDryRun: true },
      {},
      { status: 'Failed' },
    ];
    for (const way of [...ways, { verdict: undefined }])
      expect(end(facts, way).message).to.include('Node w1: cordoned, not by this pipeline.');
  });

  it('failed: where, why, in what state the nodes are and how to go on; the Lease stays', () => {
    const nodes = [
      aControlPlane('cp1', { kubelet: TO }),
      aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) }),
      aNode('w2', { unschedulable: true, upgradeRecord: aRecord({ cordonedByUs: false }) }),
      aNode('w3', { unschedulable: true }),
      aNode('w4', { upgradeRecord: aRecord({ phase: 'soaking' }) }),
      aNode('w5'),
    ];
    const failures = [aFailure('upgrade', 'Error (exit code 77)')];
    expect(end(factsOf(nodes, { livePods: ['drain-1'], failures }), { status: 'Failed' })).to.deep.equal({
      outcome: 'failed',
      message: [
        'Failed on the way to v1.34.10.',
        'upgrade: Error (exit code 77)',
        'Pod still running: drain-1',
        'Node w1: cordoned by this pipeline, upgrading from 1.34.9 to 1.34.10.',
        'Node w2: cordoned since before the run, draining from 1.34.9 to 1.34.10.',
        'Node w3: cordoned, not by this pipeline.',
        'Node w4: schedulable, soaking from 1.34.9 to 1.34.10.',
        RETRY,
      ].join('\n'),
      ...KEPT,
    });
  });

  const FAILED: readonly [string, FinishFacts, Partial<FinishInput>, string[]][] = [
    [
      'failed before anything was detected',
      factsOf([aNode('w1')]),
      { status: 'Failed', verdict: undefined, target: undefined },
      ['Failed.', 'Argo names no failed step.', RETRY],
    ],
    [
      'failed by an error of the workflow',
      factsOf([aNode('w1')]),
      { status: 'Error' },
      ['Error on the way to v1.34.10.', 'Argo names no failed step.', RETRY],
    ],
    [
      'failed, though nothing was to do: the run did not get to its end',
      factsOf(UPGRADED),
      { status: 'Failed', verdict: 'none' },
      ['Failed on the way to v1.34.10.', 'Argo names no failed step.', RETRY],
    ],
    [
      'failed, though Argo says Succeeded, when a node is behind',
      factsOf([...UPGRADED, aNode('joiner')]),
      {},
      [
        'Failed on the way to v1.34.10.',
        'workflow: Every step succeeded, but these are not at v1.34.10: joiner.',
        ANEW,
      ],
    ],
    [
      'failed, though Argo says Succeeded, when an upgrade record is open',
      factsOf([aNode('w1', { kubelet: TO, upgradeRecord: aRecord({ phase: 'soaking' }) })]),
      {},
      [
        'Failed on the way to v1.34.10.',
        'workflow: Every step succeeded, but these are not at v1.34.10: w1.',
        'Node w1: schedulable, soaking from 1.34.9 to 1.34.10.',
        ANEW,
      ],
    ],
    [
      'failed, though Argo says Succeeded, when a static pod cannot be seen',
      factsOf([aControlPlane('cp1', { kubelet: TO, staticPods: [] })]),
      {},
      ['Failed on the way to v1.34.10.', 'workflow: Every step succeeded, but these are not at v1.34.10: cp1.', ANEW],
    ],
    [
      'failed, though Argo says Succeeded, when the node that was asked for is gone',
      factsOf(UPGRADED),
      { only: ['w9'] },
      [
        'Failed on the way to v1.34.10.',
        'workflow: Every step succeeded, but these are not at v1.34.10: w9 (gone).',
        ANEW,
      ],
    ],
    [
      'failed, though Argo says Succeeded, without a verdict',
      factsOf(UPGRADED),
      { verdict: undefined },
      ['Failed on the way to v1.34.10.', 'workflow: The detect step left no verdict.', ANEW],
    ],
    [
      'failed, though Argo says Succeeded, without a verdict of the gate',
      factsOf([aNode('w1')]),
      { gateVerdict: undefined },
      ['Failed on the way to v1.34.10.', 'workflow: The gate step left no verdict.', ANEW],
    ],
    [
      'failed, though Argo says Succeeded, without a verdict of the begin step',
      factsOf([aNode('w1')]),
      { beginVerdict: undefined },
      ['Failed on the way to v1.34.10.', 'workflow: The begin step left no verdict.', ANEW],
    ],
    [
      'failed at which node, with the reason of the scheduler where a pod found none',
      factsOf([aNode('w1')], {
        unscheduled: [{ pod: 'run-admit-worker-1', because: '0/3 nodes are available.' }],
        failures: FAILURES,
      }),
      { status: 'Failed' },
      [
        'Failed on the way to v1.34.10, at w1.',
        'admit: timeout',
        'The scheduler found no node for the pod run-admit-worker-1: 0/3 nodes are available.',
        RETRY,
      ],
    ],
    [
      'failed, though the run was stopped, when a step failed: that has the last word',
      factsOf([aNode('w1')], { stop: PAUSE, failures: FAILURES }),
      { status: 'Failed' },
      ['Failed on the way to v1.34.10, at w1.', 'admit: timeout', RETRY],
    ],
    [
      'failed, though Argo says Succeeded, without a target',
      factsOf(UPGRADED),
      { target: undefined },
      ['Failed.', 'workflow: The detect step left no target.', ANEW],
    ],
  ];
  for (const [what, facts, input, lines] of FAILED)
    it(what, () => {
      const message = lines.join('\n');
      // Argo's own word for it is what the run ends as, unless the exit handler contradicts.
      const contradiction = what.includes('though Argo says Succeeded') ? { contradiction: message } : {};
      expect(end(facts, input)).to.deep.equal({ outcome: 'failed', message, ...KEPT, ...contradiction });
    });

  it('paused in the middle: what is done, what is not, when it goes on; gives the Lease back', () => {
    const nodes = [...UPGRADED, aNode('w2'), aNode('w3', { unschedulable: true })];
    expect(end(factsOf(nodes, { stop: PAUSE }))).to.deep.equal({
      outcome: 'paused',
      message: [
        'Paused on the way to v1.34.10. Frozen.',
        'Upgraded: cp1, w1. Not upgraded: w2, w3.',
        'Node w3: cordoned, not by this pipeline.',
        'The next scheduled run inside a maintenance window resumes by itself.',
      ].join('\n'),
      ...GIVEN_BACK,
    });
  });

  const HALTED_MESSAGE = [
    'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (not today): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch',
    'After that, the next scheduled run resumes by itself. To start a run now: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade',
    'Upgraded: cp1, w1. Not upgraded: w2.',
  ].join('\n');
  for (const [how, about] of [
    ['a step said so', { stop: HALT }],
    ['the switch is set, though no step came to say so', { killSwitch: 'not today' }],
  ] as const)
    it(`halted in the middle: ${how}`, () => {
      expect(end(factsOf([...UPGRADED, aNode('w2')], about))).to.deep.equal({
        ...{ outcome: 'halted', message: HALTED_MESSAGE },
        ...GIVEN_BACK,
      });
    });

  it('halted, though Argo counts a failure, when a step was refused by the switch; then argo retry goes on', () => {
    const node = aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) });
    const failures = [
      aFailure('upgrade(0)', `main: Error (exit code 78): upgrade-node: ${HALT.because}`, { exitCode: 78 }),
    ];
    const { outcome, message, ...rest } = end(factsOf([node], { failures }), { status: 'Failed' });
    expect([outcome, rest]).to.deep.equal(['halted', KEPT]);
    expect(message.split('\n')).to.deep.equal([
      'Halted on the way to v1.34.10.',
      `upgrade(0): main: Error (exit code 78): upgrade-node: ${HALT.because}`,
      'Node w1: cordoned by this pipeline, upgrading from 1.34.9 to 1.34.10.',
      RETRY,
    ]);
  });

  it('upgraded, though the run was stopped, when nothing was left to do', () => {
    expect(end(factsOf(UPGRADED, { stop: PAUSE, killSwitch: '' }))).to.include({ outcome: 'upgraded' });
  });

  it('which nodes are down', () => {
    const nodes = [...UPGRADED, aNode('w2', { kubelet: TO, ready: false })];
    const both = aNode('w3', { kubelet: TO, ready: false, unschedulable: true });
    expect(
      end(factsOf([...nodes, both]))
        .message.split('\n')
        .slice(1),
    ).to.deep.equal(['Node w2: not Ready.', 'Node w3: not Ready, cordoned, not by this pipeline.']);
  });

  const ORPHAN = { inFlight: OTHER.name, lease: THEIRS };
  it('cleared, of what an ended run left in the namespace, when nothing is to be done', () => {
    expect(end(factsOf([aNode('w1')], ORPHAN), { verdict: 'none', reason: 'Done.' })).to.deep.equal({
      outcome: 'nothing-to-do',
      message:
        'Nothing to do. Done.\nRemoved the marks of k8s-upgrade-nightly-1: they said that an upgrade is in flight, and none is.',
      tidy: { take: THEIRS },
      ...KEPT,
    });
  });

  it('nothing of it while that run is at work, when it is its own, or when something is to be done', () => {
    for (const [about, input] of [
      [{ ...ORPHAN, otherAtWork: OTHER }, { verdict: 'none' }],
      [{ inFlight: ME.name }, { verdict: 'none' }],
      [{ inFlight: undefined }, { verdict: 'none' }],
      [ORPHAN, { gateVerdict: 'blocked' }],
      [ORPHAN, { status: 'Failed' }],
    ] as const)
      expect(end(factsOf([aNode('w1')], about), input)).to.not.have.property('tidy');
  });

  for (const lease of [undefined, THEIRS, { ...OURS, holder: undefined }])
    it(`upgraded, and leaves a Lease alone that is held by ${lease?.holder?.name ?? 'nobody'}`, () => {
      expect(end(factsOf(UPGRADED, { lease }))).to.deep.include({ outcome: 'upgraded', ...KEPT });
    });

  it('law: the Lease is given back only when every node in scope is done or the run was stopped, and only when it is ours', () => {
    const anyStop = fc.option(fc.constantFrom(PAUSE, HALT), { nil: undefined });
    const anyWish = fc.record({
      status: fc.constantFrom('Succeeded', 'Failed', 'Error'),
      verdict: fc.constantFrom('upgrade', 'none', 'held', 'refused', undefined),
      target: fc.constantFrom(TO, FROM, undefined),
      detectionDryRun: fc.boolean(),
      gateVerdict: fc.constantFrom('clear', 'blocked', 'held', undefined),
      approval: fc.constantFrom('approve', 'reject', 'timeout', undefined),
      planVerdict: fc.constantFrom('asked', 'valid', 'void', undefined),
      beginVerdict: fc.constantFrom('go', 'pause', 'halt', undefined),
    });
    fc.assert(
      fc.property(
        anyCluster,
        fc.constantFrom(OURS, THEIRS, undefined),
        anyStop,
        anyWish,
        (nodes, lease, stop, input) => {
          const { outcome, release, clear, message } = end(factsOf(nodes, { lease, stop }), input);
          expect(clear).to.equal(release !== undefined);
          if (release !== undefined) {
            expect([release, input.status, input.gateVerdict]).to.deep.equal([OURS, 'Succeeded', 'clear']);
            // Paused by `begin` itself: kured was faster than this run, which had the Lease by then.
            if (input.beginVerdict === 'pause') expect(outcome).to.equal('paused');
            else {
              expect(input.beginVerdict).to.equal('go');
              expect(outcome).to.be.oneOf(stop === undefined ? ['upgraded'] : ['upgraded', 'paused', 'halted']);
            }
            if (outcome === 'upgraded') expect(nodes.some((node) => node.upgradeRecord !== undefined)).to.equal(false);
          }
          for (const node of nodes)
            if (node.unschedulable || !node.ready) expect(message).to.include(`Node ${node.name}: `);
        },
      ),
    );
  });
});

const PREFIX = 'argo-kubeadm-upgrade.io/';

describe('finish', () => {
  const marks = {
    ...{
      [`${PREFIX}in-flight`]: ME.name,
      [`${PREFIX}started`]: '1763946000',
      [`${PREFIX}alert-baseline`]: '{}',
      [`${PREFIX}target`]: '1.34.10',
      [`${PREFIX}snapshot-path`]: '/backup/etcd.db',
    },
    'somebody/else': 'x',
  };
  let kured = FakeKured.none();
  let [cluster, lease, runs, clock] = [new FakeCluster(), new FakeLease(), new FakeRuns(), new FakeClock()];
  beforeEach(async () => {
    kured = FakeKured.none();
    [cluster, lease, runs, clock] = [new FakeCluster(), new FakeLease(), new FakeRuns(), new FakeClock()];
    await lease.write(undefined, ME, 0);
    await cluster.writeRunMarks(marks);
    cluster.addNode('w1', { kubelet: TO });
    runs.addPod(ME, 'finish-1', true);
  });
  let said: string[] = [];
  const finish = async (input: Partial<FinishInput> = {}): Promise<RunResult> => {
    said = [];
    const world = { cluster, leases: lease, runs, kured, clock };
    const look = () => observe(world, ME, { podName: 'finish-1', annotationPrefix: PREFIX });
    const facts = await pollUntil(look, ({ livePods }) => livePods.length === 0, 60, clock);
    const result = end(facts, input);
    const fence = buildFence(lease, ME);
    const hands = { ...world, writes: fencedWrites(cluster, fence), kured: fencedKured(kured, fence) };
    await cleanUp(result, { ...hands, log: (line) => said.push(line) }, PREFIX, ME);
    return result;
  };

  it('clears its own annotations and nothing else, then gives the Lease back', async () => {
    await finish();
    expect(cluster.marks).to.deep.equal({ 'somebody/else': 'x' });
    expect((await lease.read())?.holder).to.equal(undefined);
    expect(clock.slept).to.deep.equal([]);
  });

  it('gives the lock of kured back, whatever meets its write, and never that of kured itself', async () => {
    kured = new FakeKured();
    kured.set(formatKuredLock(ME, clock.now(), 1));
    kured.beforeNextWrite = () => {
      kured.set(kured.lock);
    };
    await finish();
    expect([kured.lock, (await lease.read())?.holder]).to.deep.equal([undefined, undefined]);
    await lease.write(await lease.read(), ME, 0);
    kured.set('{"nodeID":"w3","TTL":0}');
    await finish();
    expect(kured.lock).to.equal('{"nodeID":"w3","TTL":0}');
  });

  it('tells the end and gives the Lease back though kured cannot be seen', async () => {
    kured = new FakeKured();
    kured.trouble = tryAgain('could not get daemonset kube-system/kured for 600 s');
    expect(await finish()).to.include({ outcome: 'upgraded' });
    expect([said, (await lease.read())?.holder]).to.deep.equal([
      ['The lock of kured was not released: could not get daemonset kube-system/kured for 600 s'],
      undefined,
    ]);
  });

  it('keeps the lock of kured after a failure, as it keeps the Lease, and says until when', async () => {
    kured = new FakeKured();
    kured.set(formatKuredLock(ME, clock.now(), 1));
    const { message } = await finish({ status: 'Failed' });
    expect(kured.lock).to.equal(formatKuredLock(ME, clock.now(), 1));
    expect(message).to.include(
      '\nThis run keeps the lock of kured, so that kured rolls no node, until 2026-11-25 07:00 UTC.\nTo resume where',
    );
  });

  it('gives back the lock of kured that a run left behind, on a night with nothing to do', async () => {
    kured = new FakeKured();
    kured.set(formatKuredLock(OTHER, clock.now(), 1));
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: null });
    await lease.write(await lease.read(), OTHER, 1);
    runs.set(OTHER, 'gone');
    expect((await finish({ verdict: 'none', reason: 'Every node is at v1.34.10.' })).message).to.equal(
      'Nothing to do. Every node is at v1.34.10.\nReleased the lock of kured, which k8s-upgrade-nightly-1 had kept.',
    );
    expect([kured.lock, (await lease.read())?.holder]).to.deep.equal([undefined, undefined]);
  });

  it('leaves the lock to the run that is at work', async () => {
    kured = new FakeKured();
    const theirs = formatKuredLock(OTHER, clock.now(), 1);
    kured.set(theirs);
    await lease.write(await lease.read(), OTHER, 1);
    runs.set(OTHER, 'running');
    await finish({ verdict: 'none' });
    expect(kured.lock).to.equal(theirs);
  });

  it('may run twice', async () => {
    await finish();
    expect(await finish()).to.include({ outcome: 'upgraded', clear: false });
  });

  it('leaves annotations and Lease after a failure', async () => {
    await finish({ status: 'Failed' });
    expect(cluster.marks).to.deep.equal(marks);
    expect((await lease.read())?.holder).to.deep.equal(ME);
  });

  it('clears everything after a pause, too: nothing is in flight', async () => {
    cluster.addNode('w2');
    await cluster.writeRunMarks({ [`${PREFIX}stopped`]: formatRunStop(PAUSE) });
    expect(await finish()).to.include({ outcome: 'paused' });
    expect(cluster.marks).to.deep.equal({ 'somebody/else': 'x' });
    expect((await lease.read())?.holder).to.equal(undefined);
  });

  it('takes the Lease of an ended run for as long as it clears what that left behind', async () => {
    await lease.write(await lease.read(), OTHER, 1);
    runs.set(OTHER, 'ended');
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: OTHER.name });
    expect(await finish({ verdict: 'none' })).to.include({ outcome: 'nothing-to-do' });
    expect(cluster.marks).to.deep.equal({ 'somebody/else': 'x' });
    expect((await lease.read())?.holder).to.equal(undefined);
  });

  it('leaves it all where another was faster', async () => {
    await lease.write(await lease.read(), OTHER, 1);
    runs.set(OTHER, 'ended');
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: OTHER.name });
    const third = { uid: 'uid-of-third', name: 'third' };
    lease.beforeNextWrite = async () => lease.write(await lease.read(), third, 2);
    await finish({ verdict: 'none' });
    expect(cluster.marks).to.include({ [`${PREFIX}in-flight`]: OTHER.name });
    expect((await lease.read())?.holder).to.deep.equal(third);
  });

  it('says what the scheduler said of its pods, not of those of others', async () => {
    runs.unscheduledPods.push({ pod: `${ME.name}-admit-1`, because: 'no room.' }, { pod: 'other-1', because: 'x' });
    const { message } = await finish({ status: 'Failed' });
    expect(message)
      .to.include(`The scheduler found no node for the pod ${ME.name}-admit-1: no room.`)
      .and.not.include('other-1');
  });

  it('does not take the Lease from a run that was faster', async () => {
    lease.beforeNextWrite = async () => lease.write(await lease.read(), OTHER, 1);
    await finish();
    expect((await lease.read())?.holder).to.deep.equal(OTHER);
  });

  it('looks again until the last step pod has ended, before it speaks', async () => {
    runs.addPod(ME, 'verify-1', true);
    clock.after(9, () => {
      runs.endPods(ME);
      cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'soaking' }) });
    });
    const { message } = await finish({ status: 'Failed' });
    expect(message).to.include('Node w1: schedulable, soaking');
    expect(message).to.not.include('Still ending');
    expect(clock.slept).to.deep.equal([2, 2, 2, 2, 2]);
  });

  it('does not wait for ever for one that does not end, and names it', async () => {
    runs.addPod(ME, 'verify-1', true);
    expect((await finish({ status: 'Failed' })).message).to.include('\nPod still running: verify-1\n');
  });
});

describe('finish gives back Deployments that are held at 0', () => {
  const end = async (
    lease: LeaseRecord | undefined,
    spoil?: (deployments: FakeDeployments) => void,
    unread: readonly Unread[] = [],
  ) => {
    const [deployments, said] = [new FakeDeployments(), [] as string[]];
    deployments.set('rook/operator', { replicas: 0, held: 2 });
    deployments.set('rook/other', { replicas: 1, held: 1 });
    spoil?.(deployments);
    const names = ['rook/operator', 'rook/other'];
    const log = (line: string): void => void said.push(line);
    const given = await restoreDeployments({ lease, unread }, ME, {
      quiesced: quiescedOf(names, deployments, log),
      log,
    });
    const { heldDeployments: held, deploymentTrouble: trouble } = given;
    return { held, trouble, unread: given.unread, said, writes: deployments.writes };
  };

  it('under its own Lease', async () => {
    const { held, writes } = await end(OURS);
    expect([held, writes]).to.deep.equal([
      [],
      ['rook/operator 2', 'rook/operator: none recorded', 'rook/other: none recorded'],
    ]);
  });

  it('not under that of another, or under none: it says which are', async () => {
    for (const lease of [THEIRS, undefined]) {
      const { held, writes } = await end(lease);
      expect([held, writes]).to.deep.equal([['rook/operator'], []]);
    }
  });

  it('and ends as it would when that cannot be done', async () => {
    const { held, said } = await end(OURS, (deployments) => {
      deployments.records = () => Promise.reject(tryAgain('the API server is away'));
    });
    const line = 'Deployments that this project holds at 0 may not be restored: the API server is away.';
    expect([held, said]).to.deep.equal([['rook/operator'], [line]]);
  });

  it('where the Lease cannot be read, and leaves it to the fence whether it may', async () => {
    const { held, writes } = await end(undefined, undefined, [{ what: 'lease', line: '' }]);
    expect([held, writes[0]]).to.deep.equal([[], 'rook/operator 2']);
  });

  it('never one that the settings do not name, which it tells of', async () => {
    const { held, trouble, writes } = await end(OURS, (deployments) => {
      deployments.set('kube-system/coredns', { replicas: 0, held: 9 });
    });
    expect(held).to.deep.equal([]);
    expect(writes.join()).to.not.include('coredns');
    expect(trouble?.join()).to.match(/^Deployment kube-system\/coredns: .* so it was left as it is\./);
    expect(decide(factsOf(UPGRADED, { deploymentTrouble: trouble ?? [] }), INPUT, ME).message).to.include(
      '\nDeployment kube-system/coredns: an earlier run recorded',
    );
  });

  it('and mentions those that are not back', () => {
    const facts = factsOf(UPGRADED, { heldDeployments: ['rook/operator'] });
    expect(decide(facts, INPUT, ME).message).to.equal(
      'Upgraded: cp1, w1 at v1.34.10.\nDeployment rook/operator: held at 0 by this pipeline; the next run gives it back.',
    );
  });
});

describe('finish comes to its end whatever cannot be read', () => {
  const NEVER = (): Promise<never> => new Promise(() => undefined);
  const away = (): Promise<never> => Promise.reject(tryAgain('HTTP 503'));
  const odd = (): Promise<never> => Promise.reject(new TypeError('x is not iterable'));
  const world = () => ({
    ...{ cluster: new FakeCluster(), leases: new FakeLease(), runs: new FakeRuns(), kured: FakeKured.none() },
    clock: new FakeClock(),
  });
  type World = ReturnType<typeof world>;
  const PLACE = { podName: 'finish-1', annotationPrefix: PREFIX };

  const READS: readonly [string, (world: World, answer: () => Promise<never>) => void, string][] = [
    ['the pods', ({ runs }, answer) => (runs.livePods = answer), 'The pods of this run cannot be listed'],
    ['the Lease', ({ leases }, answer) => (leases.read = answer), 'The Lease k8s-upgrade cannot be read'],
    ['the marks', ({ cluster }, answer) => (cluster.runMarks = answer), 'The marks of this run cannot be read'],
    [
      'the events',
      ({ runs }, answer) => (runs.unscheduled = answer),
      'The events of the pods of this run cannot be listed',
    ],
    ['the kill switch', ({ cluster }, answer) => (cluster.killSwitch = answer), 'The kill switch cannot be read'],
    [
      'the Workflow',
      ({ runs }, answer) => (runs.failures = answer),
      'The failed steps cannot be read from the Workflow',
    ],
    ['the nodes', ({ cluster }, answer) => (cluster.nodeReadings = answer), 'The nodes cannot be listed'],
    ['kured', ({ kured }, answer) => (kured.state = answer), 'The lock of kured cannot be read'],
  ];
  const ANSWERS: readonly [string, () => Promise<never>, string][] = [
    ['is away', away, 'HTTP 503.'],
    ['is of no known shape', odd, 'x is not iterable.'],
    ['never answers', NEVER, 'no answer within 0.01 s.'],
  ];
  for (const [what, spoil, sentence] of READS)
    for (const [how, answer, reason] of ANSWERS)
      it(`${what}: ${how}`, async () => {
        const all = world();
        await all.leases.write(undefined, ME, 0);
        all.cluster.addNode('w1');
        all.runs.failed.set(ME.uid, [aFailure('drain(0)', 'no room')]);
        spoil(all, answer);
        const facts = await observe(all, ME, PLACE, 0.01);
        const { outcome, message } = end(facts, { status: 'Failed' });
        const remedy = what === 'the Workflow' ? ' See them: argo get -n k8s-upgrade k8s-upgrade-nightly-2' : '';
        expect([outcome, message.split('\n').at(-1)]).to.deep.equal(['failed', `${sentence}: ${reason}${remedy}`]);
        if (what !== 'the Workflow') expect(message).to.include('\ndrain(0): no room\n');
      });

  it('a node: tells of the others, and does not call it upgraded', async () => {
    const all = world();
    await all.leases.write(undefined, ME, 0);
    all.cluster.addNode('w1', { kubelet: TO });
    all.cluster.unreadable.push({ name: 'w2', because: 'it reports the kubelet version "garbage".' });
    const facts = await observe(all, ME, PLACE);
    const { message, contradiction, ...rest } = end(facts);
    expect(message.split('\n')).to.deep.equal([
      'Failed on the way to v1.34.10.',
      'workflow: Every step succeeded, but these are not at v1.34.10: w2 (cannot be read).',
      ANEW,
      'Node w2 cannot be read: it reports the kubelet version "garbage".',
    ]);
    expect([contradiction, rest]).to.deep.equal([message, { outcome: 'failed', ...KEPT }]);
    expect(end(facts, { only: ['w1'] })).to.deep.include({ outcome: 'upgraded', release: facts.lease });
    expect(end(facts, { status: 'Failed' }).message).to.match(/\nNode w2 cannot be read: it reports/);
  });

  it('a node that detection refuses with: names it once, and the nodes that are left alone', () => {
    const because = 'it reports the kubelet version "garbage".';
    const unreadableNodes = [
      { name: 'cp2', because },
      { name: 'w9', because, leftAlone: true },
    ];
    const refused = { verdict: 'refused', reason: `Node cp2 cannot be read: ${because}` } as const;
    expect(end(factsOf([], { unreadableNodes }), refused).message.split('\n')).to.deep.equal([
      `Refused. Nothing was changed. Node cp2 cannot be read: ${because}`,
      `Node w9 cannot be read: ${because}`,
    ]);
  });

  it('the list of the nodes: does not call them upgraded, nor those that were named gone', async () => {
    const all = world();
    all.cluster.nodeReadings = away;
    const { outcome, message } = end(await observe(all, ME, PLACE), { only: ['w1'] });
    expect([outcome, message.split('\n').slice(1)]).to.deep.equal([
      'failed',
      [
        'workflow: Every step succeeded, but these are not at v1.34.10: the nodes cannot be listed.',
        ANEW,
        'The nodes cannot be listed: HTTP 503.',
      ],
    ]);
  });

  it('the Lease: takes no marks away, since another run may be at work', async () => {
    const all = world();
    all.leases.read = away;
    await all.cluster.writeRunMarks({ [`${PREFIX}in-flight`]: OTHER.name });
    const result = end(await observe(all, ME, PLACE), { verdict: 'none', reason: 'Done.' });
    expect(result).to.not.have.property('tidy');
  });

  it('but not a step that is told to end: what that did not learn is no news', async () => {
    const all = world();
    all.cluster.nodeReadings = away;
    const told = await observe({ ...all, signal: AbortSignal.abort() }, ME, PLACE).catch((error: unknown) => error);
    expect(told).to.have.property('name', 'AbortError');
  });

  it('waits for the Workflow to show why a failed run failed, which is written after the pod is made', () => {
    const facts = factsOf([]);
    expect(isSettled({ status: 'Succeeded' })(facts)).to.equal(true);
    expect(isSettled({ status: 'Failed' })(facts)).to.equal(false);
    expect(isSettled({ status: 'Failed' })({ ...facts, failures: [aFailure('drain', 'm')] })).to.equal(true);
    expect(isSettled({ status: 'Failed' })({ ...facts, unread: [{ what: 'failures', line: '' }] })).to.equal(true);
    expect(isSettled({ status: 'Succeeded' })({ ...facts, livePods: ['drain-1'] })).to.equal(false);
  });

  it('a write that fails keeps no other from being made, and is thrown at the end', async () => {
    const { cluster, leases, kured, clock } = world();
    await leases.write(undefined, ME, 0);
    const release = await leases.read();
    const writes = { ...fencedWrites(cluster, buildFence(leases, ME)), writeRunMarks: away };
    const result: RunResult = { outcome: 'upgraded', message: '', release, clear: true };
    const said: string[] = [];
    const hands = { writes, leases, kured, clock, log: (line: string) => said.push(line) };
    const thrown = await cleanUp(result, hands, PREFIX, ME).catch((error: unknown) => error);
    expect((thrown as Error).message).to.equal('HTTP 503');
    expect([said, (await leases.read())?.holder]).to.deep.equal([['HTTP 503'], undefined]);
  });

  it('an input that Argo or an operator left malformed', () => {
    const { inputs } = contract;
    const GARBAGE = ['', '{{workflow.outputs.parameters.x}}', 'garbage', '{ {=1+41} }', '<nil>'];
    for (const name of ['verdict', 'target', 'gateVerdict', 'gateAgainVerdict', 'planVerdict', 'beginVerdict'] as const)
      expect(
        GARBAGE.map((raw) => inputs[name].parse(raw)),
        name,
      ).to.deep.equal(GARBAGE.map(() => undefined));
    expect(inputs.only.parse(' , ')).to.deep.equal([]);
    expect(['false', 'true', 'yes', ''].map((raw) => inputs.detectionDryRun.parse(raw))).to.deep.equal([
      ...[false, true, true, true],
    ]);
  });
});

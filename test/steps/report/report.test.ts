import { expect } from 'chai';
import type { ReportInput } from '../../../src/steps/report/contract.ts';
import { decide, noticeOf } from '../../../src/steps/report/decide.ts';
import { observe, type ReportFacts } from '../../../src/steps/report/observe.ts';
import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { REPORT_OUTCOMES, type ReportOutcome } from '../../../src/signals/report.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import type { KeptRun } from '../../../src/run/history.ts';
import { slackMessage } from '../../../src/signals/slack-message.ts';
import { aControlPlane, aFailure, aRecord, aNode, FROM, ME, staticPodsAt, TO, v } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeRuns } from '../../support/fakes/lease.ts';
import { FakeHistory } from '../../support/fakes/history.ts';
import { expectGolden } from '../../support/golden.ts';

const NOW = Date.UTC(2026, 10, 24, 6, 7);
const HOUR = 3_600_000;
const ABOUT = {
  ...{ clusterName: 'prod', runName: 'k8s-upgrade-report-1795500420', namespace: 'k8s-upgrade' },
  argoUiUrl: 'https://argo.example.com',
};

/** That of the night before, at 23:00, unless it is said otherwise. */
const aRun = (about: Partial<KeptRun> = {}): KeptRun => ({
  name: 'k8s-upgrade-nightly-1795474800',
  startedAtMs: NOW - 7 * HOUR - 420_000,
  endedAtMs: NOW - 7 * HOUR - 360_000,
  ...{ succeeded: true, outcome: 'nothing-to-do', target: undefined },
  checkedAtMs: NOW - 7 * HOUR - 400_000,
  ...about,
});
const night = (outcome: KeptRun['outcome'], about: Partial<KeptRun> = {}): ReportFacts['runs'] =>
  known([aRun({ outcome, target: TO, ...about })]);

const BEFORE = [aControlPlane('cp1'), aNode('w1'), aNode('w2')];
const AFTER = [aControlPlane('cp1', { kubelet: TO }), aNode('w1', { kubelet: TO }), aNode('w2', { kubelet: TO })];
const HALF = [
  aControlPlane('cp1', { kubelet: TO }),
  aNode('w1', { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) }),
  aNode('w2'),
];
const read = (nodes: readonly ClusterNode[]): ReportFacts['nodes'] => known({ nodes, unreadable: [], excluded: [] });
const FACTS: ReportFacts = {
  ...{ nowMs: NOW, nodes: read(BEFORE), runs: known([aRun()]) },
  ...{ run: ABOUT.runName, failures: known([]) },
  ...{ inFlight: known(undefined), killSwitch: known(undefined) },
};
const NOTHING: ReportInput = {
  ...{ verdict: 'none', target: undefined, kind: 'none', reason: 'v1.34.9 is the newest of 1.34.' },
  ...{ gateVerdict: undefined, gateMessage: undefined, staleAfterHours: 25 },
};
const PATCH: Partial<ReportInput> = {
  ...{ verdict: 'upgrade', target: TO, kind: 'patch', reason: 'v1.34.10 is the newest patch of 1.34.' },
  ...{ gateVerdict: 'clear', gateMessage: 'Clear for v1.34.10.' },
};
const MINOR: Partial<ReportInput> = {
  ...PATCH,
  target: v('1.35.2'),
  kind: 'minor',
  reason: 'v1.35.2 is the next minor.',
};
const finding = (name: string): string => `[actionable: addon-ceiling] ${name}: found 3.28; needed 3.30. Upgrade it.`;
const failing = (step: string, message: string): Partial<ReportFacts> => ({
  failures: known([aFailure(`${step}(0)`, message)]),
});

const MORNINGS: readonly [string, ReportOutcome, Partial<ReportFacts>, Partial<ReportInput>][] = [
  ['nothing-to-do', 'nothing-to-do', {}, {}],
  ['available', 'available', {}, PATCH],
  [
    'blocked',
    'blocked',
    { runs: night('blocked', { target: v('1.35.2') }) },
    {
      ...{ ...MINOR, gateVerdict: 'blocked' },
      gateMessage: `Upgrade to v1.35.2 is blocked: an operator must act on the findings below. Nothing was changed.\n${finding('calico <!channel>')}`,
    },
  ],
  [
    'blocked-by-many',
    'blocked',
    {
      runs: known(Array.from({ length: 9 }, (_, index) => aRun({ name: `k8s-upgrade-${index}`, outcome: 'blocked' }))),
    },
    {
      ...{ ...MINOR, gateVerdict: 'blocked' },
      gateMessage: ['Blocked on the way to v1.35.2.', ...Array.from({ length: 30 }, (_, i) => finding(`a${i}`))].join(
        '\n',
      ),
    },
  ],
  [
    'held',
    'held',
    { runs: night('held', { target: v('1.35.2') }) },
    {
      ...{ ...MINOR, gateVerdict: 'held' },
      gateMessage:
        'Upgrade to v1.35.2 is on hold: only waiting helps. Nothing was changed.\n[pinned: addon-ceiling] gpu-operator: found 25.3; needed a newer one. Driver until May.',
    },
  ],
  ['held-for-approval', 'held', {}, { ...MINOR, verdict: 'held', gateVerdict: undefined, gateMessage: undefined }],
  [
    'refused',
    'refused',
    {},
    { verdict: 'refused', reason: 'The API servers: found v1.34.9 and v1.32.1; needed one minor.' },
  ],
  ['upgraded', 'upgraded', { nodes: read(AFTER), runs: night('upgraded', { endedAtMs: NOW - 6 * HOUR }) }, {}],
  [
    'in-progress',
    'in-progress',
    {
      nodes: read(HALF),
      runs: known([aRun({ endedAtMs: undefined, succeeded: false, outcome: undefined, target: TO })]),
      inFlight: known('k8s-upgrade-nightly-1795474800'),
    },
    PATCH,
  ],
  ['paused', 'paused', { nodes: read(HALF), runs: night('paused', { endedAtMs: NOW - HOUR }) }, PATCH],
  ['halted', 'halted', { runs: night('halted'), killSwitch: known('disk swap') }, PATCH],
  [
    'failed',
    'failed',
    { nodes: read(HALF), runs: night('failed', { succeeded: false, endedAtMs: NOW - 5 * HOUR }) },
    PATCH,
  ],
  [
    'stale',
    'stale',
    {
      runs: night('nothing-to-do', {
        startedAtMs: NOW - 31 * HOUR,
        endedAtMs: NOW - 31 * HOUR,
        checkedAtMs: NOW - 31 * HOUR,
      }),
    },
    PATCH,
  ],
  ['never-checked', 'stale', { runs: known([]), inFlight: known('k8s-upgrade-nightly-1') }, {}],
  [
    'unknown',
    'unknown',
    failing(
      'detect',
      'detect: There is neither v1.35 nor v1.34 at https://mirror.example.com. Is packages.repository right?',
    ),
    { verdict: undefined, reason: undefined, kind: undefined },
  ],
  [
    'gate-unknown',
    'unknown',
    failing('gate', 'gate: may not list nodes'),
    { ...MINOR, gateVerdict: undefined, gateMessage: undefined },
  ],
  [
    'nothing-known',
    'unknown',
    {
      nodes: notKnown('could not list nodes for 120 s'),
      runs: notKnown('may not list workflows in k8s-upgrade'),
      inFlight: notKnown('could not get namespace k8s-upgrade'),
      killSwitch: notKnown('could not get configmap k8s-upgrade-killswitch'),
    },
    {},
  ],
];

const morning = (facts: Partial<ReportFacts>, input: Partial<ReportInput> = {}) =>
  decide({ ...FACTS, ...facts }, { ...NOTHING, ...input });

describe('the nightly report', () => {
  for (const [name, outcome, facts, input] of MORNINGS)
    it(`of a morning that is ${name}`, () => {
      const report = morning(facts, input);
      expect(report.outcome).to.equal(outcome);
      const { text, blocks } = slackMessage(noticeOf(report, ABOUT));
      expectGolden(new URL(`golden/${name}.json`, import.meta.url), `${JSON.stringify({ blocks }, null, 2)}\n`);
      expectGolden(new URL(`golden/${name}.txt`, import.meta.url), `${text}\n`);
    });

  it('has a morning above for every outcome', () => {
    expect([...new Set(MORNINGS.map(([, outcome]) => outcome))]).to.have.members([...REPORT_OUTCOMES]);
  });

  it('says an upgrade of the last day although the run after it found nothing to do', () => {
    const upgraded = aRun({ name: 'by-hand', outcome: 'upgraded', target: TO, startedAtMs: NOW - 12 * HOUR });
    expect(morning({ runs: known([upgraded, aRun()]) })).to.deep.include({ outcome: 'upgraded', target: TO });
  });

  it('says no more of a failure that a later run has put right', () => {
    const failed = aRun({
      name: 'by-hand',
      outcome: 'failed',
      startedAtMs: NOW - 12 * HOUR,
      endedAtMs: NOW - 11 * HOUR,
    });
    expect(morning({ runs: known([failed, aRun()]) }).outcome).to.equal('nothing-to-do');
  });

  it('says failed of a run that was terminated, whose exit handler never spoke', () => {
    const runs = night(undefined, { succeeded: false });
    expect(morning({ runs }, PATCH)).to.deep.include({ outcome: 'failed', target: TO });
  });

  it('says in progress of an upgrade that waits for its turn, too', () => {
    const waits = aRun({ name: 'k8s-upgrade-2', startedAtMs: NOW - 60_000, endedAtMs: undefined, outcome: undefined });
    expect(morning({ runs: known([aRun(), waits]) }).outcome).to.equal('in-progress');
  });

  it('says halted of what is clear, while the kill switch is set', () => {
    expect(morning({ killSwitch: known('') }, PATCH).outcome).to.equal('halted');
    expect(morning({ killSwitch: known('') }).outcome).to.equal('nothing-to-do');
  });

  const at = (hours: number): ReportFacts['runs'] => night('nothing-to-do', { checkedAtMs: NOW - hours * HOUR });
  it('calls the detector stale once its last good check is older than the settings say, and not before', () => {
    expect(morning({ runs: at(25) }).outcome).to.equal('nothing-to-do');
    expect(morning({ runs: at(25.001) }).outcome).to.equal('stale');
    expect(morning({ runs: at(48) }, { staleAfterHours: 50 }).outcome).to.equal('nothing-to-do');
  });

  it('does not take a run with a target of its own for a check', () => {
    expect(morning({ runs: night('nothing-to-do', { checkedAtMs: undefined }) }).outcome).to.equal('stale');
  });

  it('leaves out what was over a day ago', () => {
    const old = aRun({
      checkedAtMs: undefined,
      name: 'long-ago',
      outcome: 'failed',
      startedAtMs: NOW - 50 * HOUR,
      endedAtMs: NOW - 25 * HOUR,
    });
    const report = morning({ runs: known([old, aRun()]) });
    expect(report.outcome).to.equal('nothing-to-do');
    expect(report.message).to.not.include('long-ago');
  });
});

describe('what the nightly report cannot read', () => {
  it('is named, and the nodes that can be read are told', () => {
    const unreadable = ['w8', 'w9'].map((name) => ({ name, because: 'it reports the kubelet version "garbage".' }));
    const { message } = morning({
      nodes: known({ nodes: [aControlPlane('cp1'), aNode('w1')], unreadable, excluded: [] }),
    });
    expect(message.split('\n')).to.include.members([
      'Running: v1.34.9, on 2 of 4 nodes; 2 cannot be read.',
      'Node w8 cannot be read: it reports the kubelet version "garbage".',
      'Node w9 cannot be read: it reports the kubelet version "garbage".',
    ]);
  });

  it('is named once, where detection refuses with it', () => {
    const because = 'it reports the kubelet version "garbage".';
    const [cp2, w9] = [
      { name: 'cp2', because },
      { name: 'w9', because, leftAlone: true },
    ];
    const nodes = known({ nodes: [aControlPlane('cp1')], unreadable: [cp2, w9], excluded: [] });
    const refused = { verdict: 'refused', reason: `Node cp2 cannot be read: ${because}` } as const;
    const { message } = decide({ ...FACTS, nodes }, { ...NOTHING, ...refused });
    expect([
      message.split('Node cp2 cannot be read').length,
      message.split('Node w9 cannot be read').length,
    ]).to.deep.equal([2, 2]);
  });

  it('is said of an API server whose image tag is no release', () => {
    const [vendor] = staticPodsAt(undefined);
    const nodes = [aControlPlane('cp1'), aControlPlane('cp2', { staticPods: vendor ? [vendor] : [] }), aNode('w1')];
    expect(morning({ nodes: known({ nodes, unreadable: [], excluded: [] }) }).message.split('\n')).to.include(
      'Running: unknown. Kubelets: v1.34.9 on cp1, cp2, w1. API servers: v1.34.9 on cp1; no version in the image tag on cp2.',
    );
  });

  it('is said of the failed steps, with the command that shows them', () => {
    const gone: Partial<ReportInput> = { verdict: undefined, reason: undefined, kind: undefined };
    expect(morning({ failures: notKnown('HTTP 503') }, gone).message).to.include(
      'Target: not known, because the detect step failed. The failed steps cannot be read from the Workflow: HTTP 503. See them: argo get -n k8s-upgrade k8s-upgrade-report-1795500420',
    );
  });
});

describe('what the nightly report looks at', () => {
  const world = () => ({
    ...{ cluster: new FakeCluster(), history: new FakeHistory(), runs: new FakeRuns(), clock: new FakeClock() },
  });
  const PREFIX = 'argo-kubeadm-upgrade.io/';

  it('is the nodes, the runs, the marks of the namespace, the kill switch and what failed of itself', async () => {
    const { cluster, history, runs, clock } = world();
    cluster.addNode('w1');
    cluster.unreadable.push({ name: 'w2', because: 'why.' });
    history.keep(aRun());
    runs.failed.set(ME.uid, [aFailure('gate', 'm')]);
    cluster.killedBecause = 'disk swap';
    await cluster.writeRunMarks({ [`${PREFIX}in-flight`]: 'k8s-upgrade-nightly-1' });
    const { nodes, ...facts } = await observe({ cluster, history, runs, clock }, ME, PREFIX);
    const { nodes: readable = [], unreadable } = nodes.known ? nodes.value : {};
    expect([readable.map(({ name, kubelet }) => [name, kubelet]), unreadable]).to.deep.equal([
      [['w1', FROM]],
      [{ name: 'w2', because: 'why.' }],
    ]);
    expect(facts).to.deep.equal({
      ...{ nowMs: clock.now(), run: ME.name, failures: known([aFailure('gate', 'm')]), runs: known([aRun()]) },
      ...{ inFlight: known('k8s-upgrade-nightly-1'), killSwitch: known('disk swap') },
    });
  });

  it('is told as not known, each for itself, when it fails, is not allowed or never answers', async () => {
    const { cluster, history, runs, clock } = world();
    cluster.nodeReadings = () => Promise.reject(tryAgain('could not list nodes for 120 s'));
    history.runs = () => Promise.reject(new TypeError('x is not iterable'));
    runs.failures = () => new Promise(() => undefined);
    const facts = await observe({ cluster, history, runs, clock }, ME, PREFIX, 0.01);
    expect([facts.nodes, facts.runs, facts.failures]).to.deep.equal([
      notKnown('could not list nodes for 120 s'),
      notKnown('x is not iterable'),
      notKnown('no answer within 0.01 s'),
    ]);
    expect(facts.killSwitch).to.deep.equal(known(undefined));
  });
});

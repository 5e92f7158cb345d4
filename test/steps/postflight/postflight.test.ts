import { expect } from 'chai';
import type { PostflightInput } from '../../../src/steps/postflight/contract.ts';
import { nothing, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { decide } from '../../../src/steps/postflight/decide.ts';
import { observe, type PostflightFacts } from '../../../src/steps/postflight/observe.ts';
import { formatBaseline, baselineAnnotation } from '../../../src/signals/alert-check.ts';
import { formatPodsAtBegin, podsAnnotation } from '../../../src/upgrade/drain/pod-readiness.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { formatRunStop, runStopAnnotation } from '../../../src/run/stop.ts';
import { aControlPlane, aRecord, aNode, ME, OTHER, staticPodsAt, TO, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeApiServers, FakeNames } from '../../support/fakes/aftermath.ts';
import { FakeAlerts } from '../../support/fakes/alerts.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeRehearsal } from '../../support/fakes/rehearsal.ts';

const INPUT: PostflightInput = {
  target: TO,
  only: [],
  minimumReadyPercent: 90,
  dnsName: 'kubernetes.default.svc',
  settleSeconds: 600,
  alertWaitSeconds: 1800,
};
const UPGRADED = [aControlPlane('cp1', { kubelet: TO }), aNode('w1', { kubelet: TO })];
const WELL: PostflightFacts = {
  nodes: UPGRADED,
  stopped: undefined,
  apiServers: known([{ server: '10.0.0.1:6443', trouble: [] }]),
  dns: known(['10.96.0.1']),
  pods: known({ ready: 47, all: 48, notReady: ['shop/web-1'] }),
  podsBefore: { ready: 48, all: 48 },
  alertCheck: { kind: 'quiet' },
};
const FIRING: PostflightFacts['alertCheck'] = {
  kind: 'firing',
  alerts: [{ name: 'KubeDown', labels: { alertname: 'KubeDown', severity: 'critical' } }],
};

describe('postflight thinks', () => {
  it('that a cluster is well in which nothing is wrong, and says how many pods are ready', () => {
    expect(decide(WELL, INPUT, 0)).to.deep.equal({
      kind: 'done',
      value: { podsReady: '47 of 48 (0.97)' },
      because: 'The cluster is healthy at v1.34.10; pods ready: 47 of 48 (0.97).',
    });
  });

  const WRONG: readonly [string, Partial<PostflightFacts>, string][] = [
    [
      'a node that is behind',
      { nodes: [...UPGRADED, aNode('w2')] },
      'w2 is not upgraded: its kubelet reports v1.34.9.',
    ],
    [
      'a upgrade record that is open',
      { nodes: [...UPGRADED, aNode('w2', { kubelet: TO, upgradeRecord: aRecord({ phase: 'soaking' }) })] },
      'w2 is not upgraded: its kubelet reports v1.34.10, and its upgrade record is open (soaking).',
    ],
    [
      'a node that is not Ready',
      { nodes: [...UPGRADED, aNode('w2', { kubelet: TO, ready: false })] },
      'w2 is not Ready.',
    ],
    [
      'a control-plane pod that is not ready',
      { nodes: [aControlPlane('cp1', { kubelet: TO, staticPods: staticPodsAt(TO, false) })] },
      'the kube-apiserver of cp1 is not ready. the kube-controller-manager of cp1 is not ready. the kube-scheduler of cp1 is not ready.',
    ],
    [
      'a control-plane pod that is gone, on a node that was left ahead',
      {
        nodes: [aControlPlane('cp1', { kubelet: v('1.34.11'), staticPods: staticPodsAt(v('1.34.11')).slice(0, 2) })],
      },
      'the kube-scheduler of cp1 does not exist.',
    ],
    [
      'a control-plane pod that shows no version, on a node that was left ahead',
      {
        nodes: [
          aControlPlane('cp1', {
            kubelet: v('1.34.11'),
            staticPods: [
              ...staticPodsAt(v('1.34.11')).slice(0, 2),
              { component: 'kube-scheduler', version: undefined, image: 'x/kube-scheduler:v1.34.9-eks-1', ready: true },
            ],
          }),
        ],
      },
      'the kube-scheduler of cp1 shows no version (image "x/kube-scheduler:v1.34.9-eks-1").',
    ],
    [
      'an API server that is not well',
      { apiServers: known([{ server: '10.0.0.1:6443', trouble: ['/livez answered HTTP 500: [-]etcd failed'] }]) },
      'API server 10.0.0.1:6443: /livez answered HTTP 500: [-]etcd failed.',
    ],
    [
      'not knowing how the API servers are',
      { apiServers: notKnown('may not get endpointslice: HTTP 403') },
      'the state of the API servers is not known: may not get endpointslice: HTTP 403.',
    ],
    [
      'a DNS that does not answer',
      { dns: notKnown('getaddrinfo EAI_AGAIN kubernetes.default.svc') },
      'the cluster DNS does not resolve kubernetes.default.svc: getaddrinfo EAI_AGAIN kubernetes.default.svc.',
    ],
    [
      'too few pods that are ready',
      { pods: known({ ready: 8, all: 10, notReady: ['shop/a', 'shop/b'] }) },
      'pods ready: 8 of 10 (0.80), 48 of 48 (1.00) when the run began, expected at least 0.90; not ready: shop/a, shop/b.',
    ],
    [
      'too few of many, of which it names some',
      {
        pods: known({ ready: 0, all: 12, notReady: Array.from({ length: 12 }, (_, index) => `shop/p${index}`) }),
        podsBefore: undefined,
      },
      'pods ready: 0 of 12 (0.00), expected at least 0.90; not ready: shop/p0, shop/p1, shop/p2, shop/p3, shop/p4, shop/p5, shop/p6, shop/p7, shop/p8, shop/p9, and 2 more.',
    ],
    [
      'fewer pods than a cluster had that was ill',
      { pods: known({ ready: 4, all: 10, notReady: ['shop/a'] }), podsBefore: { ready: 5, all: 10 } },
      'pods ready: 4 of 10 (0.40), 5 of 10 (0.50) when the run began, expected at least 0.50; not ready: shop/a.',
    ],
    [
      'pods that nobody could count',
      { pods: notKnown('may not list pods: HTTP 403') },
      'the pods could not be counted: may not list pods: HTTP 403.',
    ],
  ];
  for (const [what, about, says] of WRONG)
    it(`waits, but not for ever, because of ${what}`, () => {
      const facts = { ...WELL, ...about };
      expect(decide(facts, INPUT, 599)).to.deep.equal({
        kind: 'wait',
        seconds: 10,
        because: `Not healthy yet: ${says}`,
      });
      expect(decide(facts, INPUT, 600)).to.deep.equal({
        kind: 'refuse',
        because: `Every node is at v1.34.10, and the cluster is not healthy after 600 s. ${says}`,
      });
    });

  it('says everything that is wrong at once', () => {
    const facts = { ...WELL, dns: notKnown('no answer'), pods: notKnown('no list'), alertCheck: FIRING };
    expect(decide(facts, INPUT, 600).because).to.equal(
      'Every node is at v1.34.10, and the cluster is not healthy after 600 s. the cluster DNS does not resolve kubernetes.default.svc: no answer. the pods could not be counted: no list. alerts fire that are new in this run: KubeDown{severity="critical"}. Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades.',
    );
  });

  it('gives alerts the time that they have before a node', () => {
    for (const alertCheck of [FIRING, { kind: 'unknown', reason: 'no answer' }] as const) {
      expect(decide({ ...WELL, alertCheck }, INPUT, 1799).kind).to.equal('wait');
      expect(decide({ ...WELL, alertCheck }, INPUT, 1800).kind).to.equal('refuse');
    }
    expect(decide({ ...WELL, alertCheck: { kind: 'unknown', reason: 'no answer' } }, INPUT, 0).because).to.equal(
      'Not healthy yet: nobody says which alerts fire: no answer.',
    );
    expect(decide({ ...WELL, alertCheck: { kind: 'off' } }, INPUT, 0).kind).to.equal('done');
  });

  it('that as many pods as before are enough where fewer were ready', () => {
    const facts = { ...WELL, pods: known({ ready: 5, all: 10, notReady: [] }), podsBefore: { ready: 5, all: 10 } };
    expect(decide(facts, INPUT, 0).kind).to.equal('done');
  });

  it('that nine of ten are enough, and that DNS is not asked where nobody wants it', () => {
    const facts = { ...WELL, pods: known({ ready: 9, all: 10, notReady: ['a/b'] }), dns: undefined };
    expect(decide(facts, { ...INPUT, dnsName: undefined }, 0).kind).to.equal('done');
  });

  it('only of the nodes that were to be done', () => {
    const nodes = [...UPGRADED, aNode('w2')];
    expect(decide({ ...WELL, nodes }, { ...INPUT, only: ['w1'] }, 0).kind).to.equal('done');
    expect(decide({ ...WELL, nodes }, { ...INPUT, only: ['w9'] }, 600).because).to.include('there is no node w9.');
  });

  it('nothing of a run that was stopped on the way, and all of one that was stopped when it had done everything', () => {
    const stopped = 'Frozen (sales).';
    expect(decide({ ...WELL, stopped, nodes: [aNode('w2')], dns: notKnown('x') }, INPUT, 0)).to.deep.equal({
      kind: 'done',
      value: { podsReady: undefined },
      because: 'Not checked, because this run did not upgrade every node. Frozen (sales).',
    });
    expect(decide({ ...WELL, stopped, dns: notKnown('x') }, INPUT, 0).kind).to.equal('wait');
  });
});

describe('postflight looks', () => {
  const PREFIX = 'x/';
  const sources = () => ({
    cluster: new FakeCluster(),
    rehearsal: new FakeRehearsal(),
    apiServers: new FakeApiServers(),
    names: new FakeNames(),
  });
  const alerts = new FakeAlerts();
  const source = { alerts, scope: { severities: [], ignore: [], gateLabel: 'upgrade_gate' } };
  const run = { runUid: ME.uid, annotationPrefix: PREFIX, dnsName: 'kubernetes.default.svc' };

  it('at everything, and knows what was so when the run began', async () => {
    const world = sources();
    alerts.fire('Disk', { severity: 'warning' });
    const old = [{ name: 'Disk', labels: { alertname: 'Disk', severity: 'warning' } }];
    world.cluster.marks[baselineAnnotation(PREFIX)] = formatBaseline(ME.uid, old);
    world.cluster.marks[podsAnnotation(PREFIX)] = formatPodsAtBegin(ME.uid, { ready: 1, all: 1 });
    world.rehearsal.addPod('w1', 'web');
    world.rehearsal.addPod('w1', 'own', { workflow: ME.name });
    const facts = await observe(world, source, run);
    expect(facts).to.deep.include({
      pods: known({ ready: 1, all: 1, notReady: [] }),
      podsBefore: { ready: 1, all: 1 },
      alertCheck: { kind: 'quiet' },
      dns: known(['10.96.0.1']),
      stopped: undefined,
    });
  });

  it('at why the run was stopped: by a step of it or by the kill switch, not by another run', async () => {
    const world = sources();
    const stop = (run: string) => formatRunStop({ run, verdict: 'pause', because: 'Frozen.' });
    world.cluster.marks[runStopAnnotation(PREFIX)] = stop(OTHER.uid);
    expect((await observe(world, source, run)).stopped).to.equal(undefined);
    world.cluster.killedBecause = 'disk';
    expect((await observe(world, source, run)).stopped).to.include('Halted by the kill switch');
    world.cluster.marks[runStopAnnotation(PREFIX)] = stop(ME.uid);
    expect((await observe(world, source, run)).stopped).to.equal('Frozen.');
  });

  it('again until the pods are back, and asks for no name where none is set', async () => {
    const world = sources();
    world.cluster.addNode('w1', { kubelet: TO });
    world.rehearsal.addPod('w1', 'web', { ready: false });
    const clock = new FakeClock();
    const lines: string[] = [];
    const input = { ...INPUT, dnsName: undefined };
    const loop = {
      observe: async () => {
        if (clock.slept.length === 3) world.rehearsal.placed.splice(0, 1);
        return observe(world, { ...source, alerts: undefined }, { ...run, dnsName: undefined });
      },
      decide: (facts: PostflightFacts, seconds: number) => decide(facts, input, seconds),
      act: nothing,
    };
    expect(await reconcile(loop, clock, (line) => lines.push(line))).to.deep.equal({ podsReady: '0 of 0 (1.00)' });
    expect(world.names.asked).to.deep.equal([]);
    expect(clock.slept).to.deep.equal([10, 10, 10]);
    expect(lines[0]).to.match(/^Not healthy yet: pods ready: 0 of 1 \(0\.00\)/);
  });

  it('and fails the run with what it saw last', async () => {
    const world = sources();
    world.cluster.addNode('w1', { kubelet: TO });
    world.names.addresses.clear();
    const loop = {
      observe: () => observe(world, { ...source, alerts: undefined }, run),
      decide: (facts: PostflightFacts, seconds: number) => decide(facts, INPUT, seconds),
      act: nothing,
    };
    expect(await failureOf(reconcile(loop, new FakeClock(), () => undefined))).to.deep.include({
      exitCode: 77,
      message:
        'Every node is at v1.34.10, and the cluster is not healthy after 600 s. the cluster DNS does not resolve kubernetes.default.svc: getaddrinfo ENOTFOUND kubernetes.default.svc.',
    });
  });
});

import type { VerifyInput } from '../../../src/steps/verify-node/contract.ts';
import { expect } from 'chai';
import { healthProblems, decide } from '../../../src/steps/verify-node/decide.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import type { AlertCheck } from '../../../src/signals/alert-check.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aControlPlane, aRecord, aNode, aPod, FROM, staticPodsAt, TO } from '../../support/builders.ts';

const INPUT: VerifyInput = { target: TO, readyTimeoutSeconds: 900, soakSeconds: 600, alertSilenceSeconds: 600 };
const UPGRADED = { kubelet: TO, unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) };
const SOAKING = { kubelet: TO, upgradeRecord: aRecord({ phase: 'soaking' }) };
const agent = (about: Partial<NodePod> = {}) => aPod('agent', { daemonSet: true, ...about });

const QUIET = { kind: 'quiet' } as AlertCheck;
const think = (
  node: ClusterNode,
  { pods = [] as NodePod[], healthy = 0, elapsed = 0, alertCheck = QUIET, unanswered = 0 } = {},
) => decide({ node, pods, healthySeconds: healthy, alertCheck, unansweredSeconds: unanswered }, INPUT, elapsed);

describe('verify-node finds', () => {
  const TABLE: readonly [string, ClusterNode, NodePod[], string[]][] = [
    ['nothing wrong with a node that is well', aNode('w1', SOAKING), [agent()], []],
    ['a node that is not Ready', aNode('w1', { ...UPGRADED, ready: false }), [], ['not Ready']],
    [
      'an old kubelet',
      aNode('w1', { ...UPGRADED, kubelet: FROM }),
      [],
      ['its kubelet says v1.34.9, expected v1.34.10'],
    ],
    [
      'an old static pod',
      aControlPlane('c', { ...UPGRADED, staticPods: staticPodsAt(FROM).slice(0, 1).concat(staticPodsAt(TO).slice(1)) }),
      [],
      ['its kube-apiserver is at v1.34.9, expected v1.34.10'],
    ],
    [
      'a static pod that is missing',
      aControlPlane('c', { ...UPGRADED, staticPods: staticPodsAt(TO).slice(0, 2) }),
      [],
      ['its kube-scheduler is not there'],
    ],
    [
      'static pods whose version nobody can read',
      aControlPlane('c', {
        ...UPGRADED,
        staticPods: [
          ...staticPodsAt(undefined)
            .slice(0, 1)
            .map((pod) => ({ ...pod, image: 'registry.k8s.io/kube-apiserver@sha256:0123' })),
          ...staticPodsAt(TO).slice(1),
        ],
      }),
      [],
      ['its kube-apiserver shows no version (image "registry.k8s.io/kube-apiserver@sha256:0123"), expected v1.34.10'],
    ],
    [
      'a static pod without a container of the name of its component',
      aControlPlane('c', {
        ...UPGRADED,
        staticPods: staticPodsAt(undefined).slice(0, 1).concat(staticPodsAt(TO).slice(1)),
      }),
      [],
      ['its kube-apiserver shows no version (no container of that name), expected v1.34.10'],
    ],
    [
      'a static pod that is not ready',
      aControlPlane('c', {
        ...UPGRADED,
        staticPods: staticPodsAt(TO).slice(0, 2).concat(staticPodsAt(TO, false).slice(2)),
      }),
      [],
      ['its kube-scheduler is not ready'],
    ],
    [
      'sick daemons, by name, once the node takes pods',
      aNode('w1', SOAKING),
      [agent({ name: 'z', ready: false }), agent({ name: 'a', ready: false }), agent()],
      ['DaemonSet pods not ready: default/a, default/z'],
    ],
    [
      'no fault in daemons before that: some wait for the uncordon',
      aNode('w1', UPGRADED),
      [agent({ ready: false })],
      [],
    ],
    ['no fault in other pods, which are not its business', aNode('w1', SOAKING), [aPod('web', { ready: false })], []],
    [
      'everything at once',
      aNode('w1', { ...UPGRADED, ready: false, kubelet: FROM }),
      [],
      ['not Ready', 'its kubelet says v1.34.9, expected v1.34.10'],
    ],
  ];
  for (const [what, node, pods, expected] of TABLE)
    it(what, () => {
      expect(healthProblems({ node, pods }, TO)).to.deep.equal(expected);
    });
});

describe('verify-node thinks', () => {
  it('gives the node back as soon as it is Ready at the target', () => {
    expect(think(aNode('w1', UPGRADED))).to.deep.equal({
      kind: 'act',
      action: 'uncordon',
      because: 'w1 is Ready at v1.34.10: uncordoning it.',
    });
  });

  it("leaves somebody else's cordon, and says so", () => {
    expect(
      think(aNode('w1', { ...UPGRADED, upgradeRecord: aRecord({ phase: 'upgrading', cordonedByUs: false }) })),
    ).to.include({
      because: 'w1 is Ready at v1.34.10: it stays cordoned, as it was found.',
    });
  });

  it('soaks, then closes the upgrade record', () => {
    expect(think(aNode('w1', SOAKING), { healthy: 599 })).to.deep.equal({
      kind: 'wait',
      seconds: 3,
      because: 'w1: soaking for 600 s.',
    });
    expect(think(aNode('w1', SOAKING), { healthy: 600 })).to.deep.equal({
      kind: 'act',
      action: 'close-record',
      because: 'w1: healthy for 600 s; closing its upgrade record.',
    });
  });

  it('is done with a node without an upgrade record, when it is well', () => {
    expect(think(aNode('w1', { kubelet: TO }))).to.include({ kind: 'done', because: 'w1 is Ready at v1.34.10.' });
    expect(think(aNode('w1', { kubelet: FROM })).kind).to.equal('wait');
  });

  it('waits for a node to come up, and says what is missing', () => {
    expect(think(aNode('w1', { ...UPGRADED, ready: false }), { elapsed: 899 })).to.deep.equal({
      kind: 'wait',
      seconds: 3,
      because: 'w1: not Ready.',
    });
  });

  it('gives up on one that does not, and leaves it cordoned', () => {
    expect(think(aNode('w1', { ...UPGRADED, ready: false, kubelet: FROM }), { elapsed: 900 })).to.deep.equal({
      kind: 'refuse',
      because: 'w1: not Ready; its kubelet says v1.34.9, expected v1.34.10. Waited 900 s. w1 stays cordoned.',
    });
  });

  it('has patience with daemons for another time-out and the soak, then gives up with the upgrade record open', () => {
    const pods = [agent({ ready: false })];
    expect(think(aNode('w1', SOAKING), { pods, elapsed: 2399 })).to.include({ kind: 'wait' });
    expect(think(aNode('w1', SOAKING), { pods, elapsed: 2400 })).to.deep.equal({
      kind: 'refuse',
      because:
        'w1: DaemonSet pods not ready: default/agent. Waited 2400 s. w1 is schedulable; its upgrade record stays open.',
    });
  });

  const FIRING: AlertCheck = {
    kind: 'firing',
    alerts: [{ name: 'ShopDown', labels: { alertname: 'ShopDown', severity: 'critical' } }],
  };
  const SILENT: AlertCheck = { kind: 'unknown', reason: 'could not query Prometheus http://p:9090' };

  it('halts on a new alert in the soak, also when the node itself is unwell', () => {
    for (const pods of [[], [agent({ ready: false })]])
      expect(think(aNode('w1', SOAKING), { pods, alertCheck: FIRING, healthy: 600 })).to.deep.equal({
        kind: 'refuse',
        because:
          'w1: alerts fire that are new in this run: ShopDown{severity="critical"}. Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades. w1 is schedulable; its upgrade record stays open.',
      });
  });

  it('gives a node back although an alert fires: that helps', () => {
    expect(think(aNode('w1', UPGRADED), { alertCheck: FIRING })).to.include({ kind: 'act', action: 'uncordon' });
  });

  it('does not close an upgrade record while nobody says which alerts fire', () => {
    expect(think(aNode('w1', SOAKING), { alertCheck: SILENT, unanswered: 599, healthy: 600 })).to.deep.equal({
      kind: 'wait',
      seconds: 3,
      because:
        'w1: its soak is paused, since the firing alerts are not known: could not query Prometheus http://p:9090.',
    });
  });

  it('gives up when nobody says so for too long', () => {
    expect(think(aNode('w1', SOAKING), { alertCheck: SILENT, unanswered: 600 })).to.deep.equal({
      kind: 'refuse',
      because:
        'w1: for 600 s the firing alerts are not known: could not query Prometheus http://p:9090. w1 is schedulable; its upgrade record stays open.',
    });
  });
});

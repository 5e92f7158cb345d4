import { expect } from 'chai';
import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { buildFence, buildMayBegin, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { carryOut } from '../../../src/steps/verify-node/act.ts';
import { healthProblems, decide } from '../../../src/steps/verify-node/decide.ts';
import { NodeWatch, type VerifyFacts } from '../../../src/steps/verify-node/observe.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import { baselineAnnotation, formatBaseline } from '../../../src/signals/alert-check.ts';
import { formatRunStop } from '../../../src/run/stop.ts';
import { aRecord, FROM, ME, OTHER, staticPodsAt, TO, v } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeAlerts } from '../../support/fakes/alerts.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const UPGRADED = { kubelet: TO, unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) };
const PREFIX = 'argo-kubeadm-upgrade.io/';
const INPUT = { target: TO, readyTimeoutSeconds: 300, soakSeconds: 60, alertSilenceSeconds: 600 };
const SCOPE = { severities: [], ignore: [], gateLabel: 'upgrade_gate' };

describe('verify-node', () => {
  let [cluster, clock, lease, said] = [new FakeCluster(), new FakeClock(), new FakeLease(), [] as string[]];
  let alerts: FakeAlerts | undefined;
  beforeEach(async () => {
    alerts = undefined;
    [cluster, clock, lease, said] = [new FakeCluster(), new FakeClock(), new FakeLease(), []];
    await lease.write(undefined, ME, 0);
    cluster.addNode('w1', UPGRADED);
  });

  function verify(soakSeconds = INPUT.soakSeconds): Promise<undefined> {
    const input = { target: TO, runUid: ME.uid, annotationPrefix: PREFIX, soakSeconds };
    const watch = new NodeWatch(cluster, clock, input, { alerts, scope: SCOPE });
    const writes = fencedWrites(cluster, buildFence(lease, ME), buildMayBegin(buildFence(lease, ME), cluster));
    const loop = {
      observe: () => watch.observe('w1', (facts) => healthProblems(facts, TO)),
      decide: (facts: VerifyFacts, elapsed: number) => decide(facts, { ...INPUT, soakSeconds }, elapsed),
      act: (action: Parameters<typeof carryOut>[0]) =>
        carryOut(action, { node: 'w1', runUid: ME.uid }, { reads: cluster, writes, clock }),
    };
    return reconcile(loop, clock, (line) => said.push(line));
  }
  const state = async (): Promise<object> => {
    const node = await cluster.node('w1');
    return { unschedulable: node?.unschedulable, upgradeRecord: node?.upgradeRecord };
  };
  const GIVEN_BACK = { unschedulable: false, upgradeRecord: undefined };
  const agent = (ready: boolean): NodePod => cluster.addPod('w1', 'agent', { daemonSet: true, ready });
  const seconds = (): number => clock.slept.reduce((sum, each) => sum + each, 0);

  it('waits for the node, uncordons it, waits for its daemons, soaks, closes the upgrade record', async () => {
    cluster.alterNode('w1', { ready: false });
    agent(false);
    clock.after(30, () => {
      cluster.alterNode('w1', { ready: true });
    });
    clock.after(45, () => agent(true));
    await verify();
    expect(said).to.deep.equal([
      'w1: not Ready.',
      'w1 is Ready at v1.34.10: uncordoning it.',
      'w1: DaemonSet pods not ready: default/agent.',
      'w1: soaking for 60 s.',
      'w1: healthy for 60 s; closing its upgrade record.',
      'w1 is Ready at v1.34.10.',
    ]);
    expect([await state(), seconds()]).to.deep.equal([GIVEN_BACK, 105]);
  });

  it('remembers on the node how long it took, from before the cordon until after the soak', async () => {
    const startedAtMs = clock.now() - 600_000;
    cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'upgrading', startedAtMs }) });
    await verify();
    expect((await cluster.node('w1'))?.lastUpgrade).to.deep.equal({
      ...{ run: ME.uid, from: FROM, to: TO, seconds: 660 },
      finishedAtMs: clock.now(),
    });
  });

  it('remembers whence a node came that waited for this run after another, which is its way back, but no time', async () => {
    cluster.alterNode('w1', {
      upgradeRecord: aRecord({ phase: 'upgrading', run: OTHER.uid, startedAtMs: clock.now() - 1 }),
    });
    await verify();
    const { upgradeRecord, lastUpgrade } = (await cluster.node('w1')) ?? {};
    expect(upgradeRecord).to.equal(undefined);
    expect(lastUpgrade).to.deep.equal({ run: ME.uid, from: FROM, to: TO, finishedAtMs: clock.now() });
  });

  it('gives the node back though the kill switch is set', async () => {
    cluster.killedBecause = 'not today';
    await verify();
    expect(await state()).to.deep.equal(GIVEN_BACK);
  });

  it('is done with a node that was given back because this run was stopped', async () => {
    cluster.alterNode('w1', { kubelet: FROM, unschedulable: false, upgradeRecord: undefined });
    const stop = { run: ME.uid, verdict: 'halt', because: 'Halted by the kill switch.' } as const;
    await cluster.writeRunMarks({ [`${PREFIX}stopped`]: formatRunStop(stop) });
    await verify();
    expect(said).to.deep.equal(['w1 was restored as it was found. Halted by the kill switch.']);
  });

  it('is not done with such a node when it was another run that was stopped', async () => {
    cluster.alterNode('w1', { kubelet: FROM, unschedulable: false, upgradeRecord: undefined });
    const stop = { run: OTHER.uid, verdict: 'halt', because: 'Halted.' } as const;
    await cluster.writeRunMarks({ [`${PREFIX}stopped`]: formatRunStop(stop) });
    expect(await failureOf(verify())).to.include({ exitCode: 77 });
  });

  it('keeps the upgrade record open through the soak', async () => {
    const seen: unknown[] = [];
    clock.after(30, () => void state().then((now) => seen.push(now)));
    await verify();
    expect(seen).to.deep.equal([{ unschedulable: false, upgradeRecord: aRecord({ phase: 'soaking' }) }]);
  });

  it("leaves somebody else's cordon where it was", async () => {
    cluster.alterNode('w1', { upgradeRecord: aRecord({ phase: 'upgrading', cordonedByUs: false }) });
    await verify();
    expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord: undefined });
  });

  it('begins the soak anew when the node is unwell in the middle of it', async () => {
    clock.after(40, () => agent(false));
    clock.after(50, () => agent(true));
    await verify();
    expect([await state(), seconds()]).to.deep.equal([GIVEN_BACK, 111]);
  });

  it('does not count time in which nobody could look', async () => {
    const look = cluster.podsOn.bind(cluster);
    let away = true;
    cluster.podsOn = async (node) => {
      // The API server is away for ten minutes, in one question that is asked until it is answered.
      if (away && seconds() >= 30) {
        away = false;
        clock.pass(600);
      }
      return look(node);
    };
    await verify();
    expect(said.filter((line) => line.startsWith('w1: soaking'))).to.have.length(1);
    // 30 s before, 15 s of the gap at most, and the rest after it.
    expect(seconds()).to.be.at.least(45);
  });

  it('goes on where an earlier attempt ended, in the soak', async () => {
    cluster.alterNode('w1', { unschedulable: false, upgradeRecord: aRecord({ phase: 'soaking' }) });
    await verify();
    expect([said[0], await state()]).to.deep.equal(['w1: soaking for 60 s.', GIVEN_BACK]);
  });

  it('does not uncordon in the soak: then it was somebody else', async () => {
    clock.after(30, () => {
      cluster.alterNode('w1', { unschedulable: true });
    });
    await verify();
    expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord: undefined });
  });

  it('changes nothing the second time', async () => {
    await verify();
    const before = cluster.writes.length;
    await verify();
    expect(cluster.writes).to.have.length(before);
  });

  it('leaves a node cordoned that does not come up', async () => {
    cluster.alterNode('w1', { ready: false });
    expect(await failureOf(verify())).to.deep.equal({
      exitCode: 77,
      message: 'w1: not Ready. Waited 300 s. w1 stays cordoned.',
    });
    expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) });
  });

  it('ends at the first fault after its patience on a node that is never well for long', async () => {
    for (let at = 10; at < 900; at += 20) {
      clock.after(at, () => agent(false));
      clock.after(at + 10, () => agent(true));
    }
    const failure = await failureOf(verify());
    expect((failure as { message: string }).message).to.match(
      /^w1: DaemonSet pods not ready: default\/agent\. Waited 6[67]\d s\. w1 is schedulable; its upgrade record stays open\.$/,
    );
  });

  it('refuses to touch the node when another run holds the Lease', async () => {
    await lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(verify())).to.include({ exitCode: 77 });
    expect(cluster.writes).to.deep.equal([]);
  });

  it('refuses when the node vanishes in the middle', async () => {
    clock.after(30, () => {
      cluster.removeNode('w1');
    });
    expect(await failureOf(verify())).to.deep.equal({ exitCode: 77, message: 'There is no node w1 any more.' });
  });

  const count = (fake: FakeAlerts): (() => number) => {
    let asked = 0;
    const ask = fake.firing.bind(fake);
    fake.firing = () => ((asked += 1), ask());
    return () => asked;
  };

  it('asks about alerts every minute of the soak, once more at its end, and not before it', async () => {
    alerts = new FakeAlerts();
    const asked = count(alerts);
    cluster.alterNode('w1', { ready: false });
    clock.after(200, () => {
      cluster.alterNode('w1', { ready: true });
    });
    await verify(150);
    expect([await state(), asked()]).to.deep.equal([GIVEN_BACK, 4]);
  });

  it('is not stopped by an alert that fired when the run began', async () => {
    alerts = new FakeAlerts();
    alerts.fire('DiskSlow', { severity: 'warning' });
    const baseline = [{ name: 'DiskSlow', labels: { alertname: 'DiskSlow', severity: 'warning' } }];
    await cluster.writeRunMarks({ [baselineAnnotation(PREFIX)]: formatBaseline(ME.uid, baseline) });
    await verify();
    expect(await state()).to.deep.equal(GIVEN_BACK);
  });

  it('is stopped by a new one within a minute, the node given back, its upgrade record open', async () => {
    const fake = (alerts = new FakeAlerts());
    clock.after(70, () => {
      fake.fire('DiskSlow', { severity: 'warning' });
    });
    expect(await failureOf(verify(600))).to.deep.equal({
      exitCode: 77,
      message:
        'w1: alerts fire that are new in this run: DiskSlow{severity="warning"}. Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades. w1 is schedulable; its upgrade record stays open.',
    });
    expect(seconds()).to.be.within(70, 130);
    expect(await state()).to.deep.equal({ unschedulable: false, upgradeRecord: aRecord({ phase: 'soaking' }) });
  });

  it('is stopped by one that comes up in the last seconds of a soak shorter than a minute', async () => {
    const fake = (alerts = new FakeAlerts());
    clock.after(4, () => {
      fake.fire('DiskSlow', { severity: 'warning' });
    });
    expect(await failureOf(verify(5))).to.include({ exitCode: 77 });
  });

  it('takes no news from a node that was restarted: every node is', async () => {
    alerts = new FakeAlerts();
    alerts.fire('RecentNodeReboot', { severity: 'info', node: 'w1' });
    await verify();
    expect(await state()).to.deep.equal(GIVEN_BACK);
  });

  describe('while alerts fire that the upgrade causes', () => {
    /** cp1 and w1 have moved from 1.33.9, w2 has not. */
    const unfinished = (): FakeAlerts => {
      cluster.addNode('cp1', { controlPlane: true, kubelet: TO, staticPods: staticPodsAt(TO) });
      cluster.addNode('w2', { kubelet: v('1.33.9') });
      return (alerts = new FakeAlerts());
    };

    it('passes KubeVersionMismatch, and says why', async () => {
      unfinished().fire('KubeVersionMismatch', { cluster: '', severity: 'warning' });
      await verify();
      expect(said).to.deep.equal([
        'w1 is Ready at v1.34.10: uncordoning it.',
        'w1: soaking for 60 s. Alerts passed: KubeVersionMismatch, because cp1 is at 1.34.10 and w2 at 1.33.9.',
        'w1: healthy for 60 s; closing its upgrade record. Alerts passed: KubeVersionMismatch, because cp1 is at 1.34.10 and w2 at 1.33.9.',
        'w1 is Ready at v1.34.10.',
      ]);
      expect(await state()).to.deep.equal(GIVEN_BACK);
    });

    it('passes an alert about the node itself and not about another one', async () => {
      const fake = unfinished();
      fake.fire('KubeletInstanceUnreachable', { node: 'w1', severity: 'warning' });
      clock.after(30, () => {
        fake.fire('KubeletInstanceUnreachable', { node: 'w2', severity: 'warning' });
      });
      expect(await failureOf(verify())).to.deep.equal({
        exitCode: 77,
        message:
          'w1: alerts fire that are new in this run: KubeletInstanceUnreachable{node="w2", severity="warning"}. Fix their cause, or name them in monitoring.alerts.ignore when they do not concern upgrades. w1 is schedulable; its upgrade record stays open.',
      });
    });

    it('counts every alert while the nodes cannot be read', async () => {
      unfinished().fire('KubeVersionMismatch', { severity: 'warning' });
      cluster.nodes = () => Promise.reject(tryAgain('could not list nodes'));
      expect(await failureOf(verify())).to.include({ exitCode: 77 });
    });
  });

  it('stops the clock of the soak while nobody answers, and goes on where it stood', async () => {
    const fake = (alerts = new FakeAlerts());
    clock.after(60, () => {
      fake.trouble = 'could not query Prometheus';
    });
    clock.after(360, () => {
      fake.trouble = undefined;
    });
    await verify(120);
    expect(await state()).to.deep.equal(GIVEN_BACK);
    expect(seconds()).to.be.within(120 + 290, 120 + 320);
  });

  it('fails after ten minutes without an answer', async () => {
    alerts = new FakeAlerts();
    alerts.trouble = 'could not query Prometheus';
    expect(await failureOf(verify())).to.deep.equal({
      exitCode: 77,
      message:
        'w1: for 600 s the firing alerts are not known: could not query Prometheus. w1 is schedulable; its upgrade record stays open.',
    });
  });
});

import { expect } from 'chai';
import { Drainer } from '../../../src/steps/drain/act.ts';
import { RecreatedPods } from '../../../src/steps/drain/recreated-pods.ts';
import { decide } from '../../../src/steps/drain/decide.ts';
import { ProgressTracker } from '../../../src/steps/drain/progress.ts';
import type { DrainInput } from '../../../src/steps/drain/contract.ts';
import { observe } from '../../../src/steps/drain/observe.ts';
import { buildFence, buildMayBegin, fencedEvictions, fencedWrites } from '../../../src/steps/guards/fence.ts';
import { unlessHalted } from '../../../src/steps/guards/halt.ts';
import { reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { refused, tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { aRecord, aVolume, ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const HELD = "Cannot evict pod as it would violate the pod's disruption budget.";

describe('drain', () => {
  let [cluster, clock, lease, result] = [new FakeCluster(), new FakeClock(), new FakeLease(), [] as string[]];
  beforeEach(async () => {
    [cluster, clock, lease, result] = [new FakeCluster(), new FakeClock(), new FakeLease(), []];
    await lease.write(undefined, ME, 0);
    cluster.addNode('w1');
  });

  const log = (line: string): void => void result.push(line);
  const fenced = () => {
    const fence = buildFence(lease, ME);
    const mayBegin = buildMayBegin(fence, cluster);
    return { ...fencedWrites(cluster, fence, mayBegin), ...fencedEvictions(cluster, mayBegin) };
  };
  const INPUT: DrainInput = {
    node: 'w1',
    runUid: ME.uid,
    target: TO,
    podName: 'this-step',
    namespace: 'k8s-upgrade',
    timeoutSeconds: 600,
    maximumSeconds: 1200,
    gracePeriodSeconds: 300,
    deleteEmptyDirData: true,
    deleteUnmanagedPods: true,
    deleteDeadlocked: 'single',
  };
  function drain(about: Partial<DrainInput> = {}): Promise<void> {
    const input = { ...INPUT, ...about };
    const [progress, recreatedPods] = [new ProgressTracker(input), new RecreatedPods(input)];
    const drainer = new Drainer({ reads: cluster, writes: fenced(), clock, log }, 300, progress);
    return reconcile(
      {
        observe: () => observe(cluster, input, clock, recreatedPods),
        decide: (facts, elapsed) => decide(facts, input, progress.update(facts, elapsed), elapsed),
        act: (action) => drainer.act(action),
      },
      clock,
      log,
    );
  }
  const state = async (): Promise<object> => {
    const node = await cluster.node('w1');
    return { unschedulable: node?.unschedulable, upgradeRecord: node?.upgradeRecord };
  };
  const DRAINED = { unschedulable: true, upgradeRecord: aRecord({ startedAtMs: new FakeClock().now() }) };
  const AS_FOUND = { unschedulable: false, upgradeRecord: undefined };
  const budget = { name: 'web', namespace: 'default', minAvailable: 1 };
  /** One of two pods is not ready: the other must stay, for the moment. */
  const exhaust = (): void => {
    cluster.addPod('w1', 'web-1');
    cluster.addPod('w2', 'web-2', { ready: false });
    cluster.addBudget(budget);
  };

  it('cordons first, then evicts each pod once with the grace of the settings', async () => {
    cluster.addPod('w1', 'a');
    cluster.addPod('w1', 'b');
    cluster.addPod('w1', 'agent', { daemonSet: true });
    await drain();
    expect(cluster.writes).to.deep.equal(['changeNode w1', 'evict default/a (300 s)', 'evict default/b (300 s)']);
    expect(await state()).to.deep.equal(DRAINED);
    expect(result).to.deep.equal([
      'w1: opening its upgrade record; cordoning it.',
      'w1: 2 pods to evict.',
      'default/a: evicted',
      'default/b: evicted',
      'w1 is drained.',
    ]);
  });

  it('waits for pods that take their time, without evicting them again', async () => {
    cluster.podsEnd = 'when told';
    const pod = cluster.addPod('w1', 'slow');
    clock.after(100, () => {
      cluster.end(pod);
    });
    await drain();
    expect(cluster.writes.filter((write) => write.startsWith('evict'))).to.have.length(1);
    expect(result).to.include('w1: waiting for 1 pods to end.');
  });

  it('changes nothing the second time', async () => {
    cluster.addPod('w1', 'a');
    await drain();
    const before = cluster.writes.length;
    await drain();
    expect(cluster.writes).to.have.length(before);
  });

  it('waits for a budget that is exhausted for the moment, and says so once', async () => {
    exhaust();
    clock.after(120, () => {
      cluster.addPod('w2', 'web-2');
    });
    await drain();
    expect(cluster.writes.filter((write) => write.startsWith('delete'))).to.deep.equal([]);
    expect(result.filter((line) => line === `default/web-1: ${HELD}`)).to.have.length(1);
    expect(result.slice(-2)).to.deep.equal(['default/web-1: evicted', 'w1 is drained.']);
    expect(Math.max(...clock.slept)).to.equal(5);
    expect(await state()).to.deep.equal(DRAINED);
  });

  it('gives the node back as it was found when a budget does not allow it for too long, and names the pod and the budget', async () => {
    exhaust();
    expect(await failureOf(drain())).to.deep.equal({
      exitCode: 77,
      message: `w1 was not drained: for 600 s no pod left and no volume was detached. Still there:\ndefault/web-1: ${HELD} PodDisruptionBudget default/web: 1 of 2 pods are healthy, 1 must be, 0 may go.`,
    });
    expect(await state()).to.deep.equal(AS_FOUND);
    expect(result.slice(-2)).to.deep.equal([
      'w1: stopping the drain; its host was not changed.',
      'w1: restored as it was found.',
    ]);
  });

  it("leaves somebody else's cordon when it gives up", async () => {
    cluster.alterNode('w1', { unschedulable: true });
    exhaust();
    expect(await failureOf(drain())).to.include({ exitCode: 77 });
    expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord: undefined });
  });

  it('gives the node back though its kubelet writes it between our look and our write', async () => {
    exhaust();
    const update = cluster.node.bind(cluster);
    cluster.node = async (name) => {
      const seen = await update(name);
      if (result.includes('w1: stopping the drain; its host was not changed.') && !result.includes('kubelet')) {
        result.push('kubelet');
        cluster.alterNode(name);
      }
      return seen;
    };
    expect(await failureOf(drain())).to.include({ exitCode: 77 });
    expect(await state()).to.deep.equal(AS_FOUND);
  });

  it('cordons again when the kubelet was faster', async () => {
    const write = cluster.changeNode.bind(cluster);
    let once = true;
    cluster.changeNode = async (node, change) => {
      if (once) cluster.alterNode('w1');
      once = false;
      return write(node, change);
    };
    await drain();
    expect(await state()).to.deep.equal(DRAINED);
  });

  it('evicts a pod that lands in the moment before the cordon', async () => {
    const write = cluster.changeNode.bind(cluster);
    cluster.changeNode = async (node, change) => {
      if (!cluster.writes.some((done) => done.startsWith('evict'))) cluster.addPod('w1', 'late');
      return write(node, change);
    };
    await drain();
    expect(cluster.writes).to.deep.equal(['changeNode w1', 'evict default/late (300 s)']);
  });

  it('does not take a pod of the same name for the one that it evicted', async () => {
    cluster.podsEnd = 'when told';
    const pod = cluster.addPod('w1', 'db-0');
    clock.after(10, () => {
      cluster.end(pod);
      cluster.addPod('w1', 'db-0');
    });
    clock.after(30, () => {
      cluster.end({ namespace: 'default', name: 'db-0' });
    });
    await drain();
    expect(cluster.writes.filter((write) => write.startsWith('evict'))).to.have.length(2);
  });

  it('stops at once when another run takes the Lease, and leaves the node to it', async () => {
    exhaust();
    clock.after(60, () => void lease.read().then((seen) => lease.write(seen, OTHER, 1)));
    const failure = await failureOf(drain());
    expect(failure).to.include({ exitCode: 77 });
    expect((failure as { message: string }).message).to.include(
      'it is held by k8s-upgrade-nightly-1 (uid-of-other-run)',
    );
    expect(await state()).to.deep.equal(DRAINED);
  });

  it('goes on another time from where an API server that is away has stopped it', async () => {
    cluster.addPod('w1', 'a');
    const evict = cluster.evict.bind(cluster);
    cluster.evict = () => Promise.reject(tryAgain('could not create pods/eviction'));
    expect(await failureOf(drain())).to.deep.equal({ exitCode: 75, message: 'could not create pods/eviction' });
    cluster.evict = evict;
    await drain();
    expect(await state()).to.deep.equal(DRAINED);
    expect(await cluster.podsOn('w1')).to.deep.equal([]);
  });

  it('takes a node over from a run that died, with what that run knew', async () => {
    cluster.alterNode('w1', { unschedulable: true, upgradeRecord: aRecord({ run: OTHER.uid, phase: 'upgrading' }) });
    await drain();
    const upgradeRecord = { ...DRAINED.upgradeRecord, phase: 'upgrading' };
    expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord });
  });

  describe('with the kill switch set', () => {
    const because =
      'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (not today): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch';
    const stopped = (): unknown => JSON.parse(cluster.marks['argo-kubeadm-upgrade.io/stopped'] ?? 'null');
    const drainUnlessHalted = (): Promise<boolean> =>
      unlessHalted(
        { reads: cluster, writes: fenced(), me: ME, annotationPrefix: 'argo-kubeadm-upgrade.io/', log },
        'w1',
        drain,
      );

    it('cordons nothing, and says so to the rest of the run', async () => {
      cluster.killedBecause = 'not today';
      cluster.addPod('w1', 'a');
      expect(await drainUnlessHalted()).to.equal(false);
      expect(await state()).to.deep.equal(AS_FOUND);
      expect(stopped()).to.deep.equal({ run: ME.uid, verdict: 'halt', because });
    });

    it('evicts no more, and gives the node back as it was found', async () => {
      exhaust();
      clock.after(30, () => {
        cluster.killedBecause = 'not today';
      });
      expect(await drainUnlessHalted()).to.equal(false);
      expect(await state()).to.deep.equal(AS_FOUND);
      expect(result.slice(-2)).to.deep.equal([because, 'w1: restored as it was found.']);
    });

    it("leaves somebody else's cordon where it was", async () => {
      cluster.alterNode('w1', { unschedulable: true });
      exhaust();
      clock.after(30, () => {
        cluster.killedBecause = 'not today';
      });
      expect(await drainUnlessHalted()).to.equal(false);
      expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord: undefined });
    });

    it('leaves a node whose host was touched as it is, and fails with what is the matter', async () => {
      const upgradeRecord = aRecord({ run: OTHER.uid, phase: 'upgrading' });
      cluster.alterNode('w1', { unschedulable: true, upgradeRecord });
      cluster.killedBecause = 'not today';
      expect(await failureOf(drainUnlessHalted())).to.deep.equal({
        exitCode: 78,
        message: `${because}\nThe upgrade of w1 has begun and has not ended, so the node stays as it is.`,
      });
      expect(await state()).to.deep.equal({ unschedulable: true, upgradeRecord });
    });

    it('is done all the same with a node that is drained already', async () => {
      await drain();
      cluster.killedBecause = 'not today';
      expect(await drainUnlessHalted()).to.equal(true);
    });
  });

  it('refuses when the node vanishes in the middle', async () => {
    exhaust();
    clock.after(60, () => {
      cluster.removeNode('w1');
    });
    expect(await failureOf(drain())).to.deep.equal({ exitCode: 77, message: 'There is no node w1 any more.' });
  });

  describe('a lone pod whose budget can never allow its eviction', () => {
    const deleted = (): string[] => cluster.writes.filter((write) => write.startsWith('delete'));
    beforeEach(() => {
      cluster.addBudget(budget);
      cluster.addPod('w1', 'db-0');
    });

    it('is deleted after the cordon, once the Eviction API has refused it for a while, and the log says why', async () => {
      await drain();
      expect(cluster.writes[0]).to.equal('changeNode w1');
      expect(cluster.writes[1]).to.equal('evict default/db-0 (300 s)');
      expect(cluster.writes.at(-1)).to.equal('delete default/db-0 (300 s)');
      expect(result).to.deep.equal([
        'w1: opening its upgrade record; cordoning it.',
        'w1: 1 pods to evict.',
        `default/db-0: ${HELD}`,
        'default/db-0: its budget can never allow its eviction. PodDisruptionBudget default/web: 1 of 1 pods are healthy, 1 must be, 0 may go.',
        'default/db-0: deleted; its controller recreates it on another node',
        'w1 is drained.',
      ]);
      expect(await state()).to.deep.equal(DRAINED);
    });

    it('is looked at again a minute later when it is back', async () => {
      let times = 0;
      const remove = cluster.deletePod.bind(cluster);
      cluster.deletePod = async (pod, grace) => {
        const answer = await remove(pod, grace);
        if (++times === 1) cluster.addPod('w1', 'db-0');
        result.push(`at ${clock.now()}`);
        return answer;
      };
      await drain();
      const [first = 0, second = 0] = result
        .filter((line) => line.startsWith('at '))
        .map((line) => Number(line.slice(3)));
      expect(deleted()).to.have.length(2);
      expect((second - first) / 1000).to.be.at.least(60);
    });

    it('stays when no controller would recreate it', async () => {
      cluster.addPod('w1', 'db-0', { controlled: false });
      expect(await failureOf(drain())).to.deep.equal({
        exitCode: 77,
        message:
          'w1 could never be drained:\ndefault/db-0: PodDisruptionBudget default/web can never allow its eviction: of 1 pods 1 must be healthy. No controller would recreate it, so it is not deleted either. Change the budget.',
      });
      expect(cluster.writes).to.deep.equal([]);
    });

    it('stays when the setting says never', async () => {
      expect(await failureOf(drain({ deleteDeadlocked: 'never' }))).to.deep.equal({
        exitCode: 77,
        message:
          'w1 could never be drained:\ndefault/db-0: PodDisruptionBudget default/web can never allow its eviction: of 1 pods 1 must be healthy. Let the budget spare a pod, or set drain.deleteDeadlocked: single.',
      });
      expect(cluster.writes).to.deep.equal([]);
    });

    it('stays when it is what is left of two for the moment, as of a StatefulSet between an old pod and a new one', async () => {
      cluster.addPod('w2', 'db-1', { ready: false });
      clock.after(30, () => {
        cluster.end({ namespace: 'default', name: 'db-1' });
      });
      expect(await failureOf(drain())).to.include({ exitCode: 77 });
      expect(deleted()).to.deep.equal([]);
      expect(await state()).to.deep.equal(AS_FOUND);
    });

    it('is not deleted by a run that does not hold the Lease', async () => {
      clock.after(12, () => void lease.read().then((seen) => lease.write(seen, OTHER, 1)));
      expect(await failureOf(drain())).to.include({ exitCode: 77 });
      expect(deleted()).to.deep.equal([]);
    });
  });

  it('deletes the pods of a larger deadlock one by one where the setting says always', async () => {
    cluster.addBudget({ ...budget, minAvailable: 2 });
    cluster.addPod('w1', 'web-1');
    cluster.addPod('w1', 'web-2');
    const remove = cluster.deletePod.bind(cluster);
    cluster.deletePod = async (pod, grace) => {
      const answer = await remove(pod, grace);
      cluster.addPod('w2', pod.name);
      result.push(`at ${clock.now()}`);
      return answer;
    };
    await drain({ deleteDeadlocked: 'always' });
    const [first = 0, second = 0] = result
      .filter((line) => line.startsWith('at '))
      .map((line) => Number(line.slice(3)));
    expect((second - first) / 1000).to.be.at.least(60);
    expect(await cluster.podsOn('w1')).to.deep.equal([]);
  });

  it('deletes a pod under several budgets where the setting says always and each can spare it', async () => {
    cluster.addBudget(budget);
    cluster.addBudget({ ...budget, name: 'all' });
    cluster.addPod('w1', 'web-1');
    cluster.addPod('w2', 'web-2');
    await drain({ deleteDeadlocked: 'always' });
    expect(result).to.include(
      'default/web-1: several budgets cover it, and each of them can spare it. PodDisruptionBudget default/all: 2 of 2 pods are healthy, 1 must be, 1 may go. PodDisruptionBudget default/web: 2 of 2 pods are healthy, 1 must be, 1 may go.',
    );
  });

  it('waits with it while one of them cannot', async () => {
    exhaust();
    cluster.addBudget({ ...budget, name: 'none', minAvailable: 0 });
    clock.after(100, () => {
      cluster.addPod('w2', 'web-2');
    });
    await drain({ deleteDeadlocked: 'always' });
    expect(clock.now() - Date.UTC(2026, 10, 24, 1, 0, 0)).to.be.at.least(100_000);
  });

  it('goes on for as long as something moves, and no longer', async () => {
    cluster.podsEnd = 'when told';
    const pods = ['a', 'b', 'c'].map((name) => cluster.addPod('w1', name));
    pods.forEach((pod, index) => {
      clock.after(500 * (index + 1), () => {
        cluster.end(pod);
      });
    });
    expect(await failureOf(drain())).to.deep.equal({
      exitCode: 77,
      message: 'w1 was not drained: it took longer than 1200 s. Still there:\ndefault/c: terminating, has not ended.',
    });
  });

  describe('an admission policy that denies an eviction', () => {
    const DENIED =
      "pods \"db-0\" is forbidden: ValidatingAdmissionPolicy 'no-evict' with binding 'no-evict' denied request: keep it";
    const REMEDY =
      'Exempt the ServiceAccount of this step in the policy, or change the policy: kubectl get validatingadmissionpolicy no-evict -o yaml.';

    it('is found before the cordon, and named with what to do', async () => {
      cluster.addPod('w1', 'db-0');
      cluster.addPod('w1', 'web-1');
      cluster.denyEvictions('default/db-0', 'keep it');
      expect(await failureOf(drain())).to.deep.equal({
        exitCode: 77,
        message: `w1 could never be drained:\ndefault/db-0: ${DENIED} ${REMEDY}`,
      });
      expect(cluster.writes).to.deep.equal([]);
      expect(clock.slept.reduce((sum, seconds) => sum + seconds, 0)).to.equal(60);
    });

    it('that goes away within a minute keeps nothing', async () => {
      cluster.addPod('w1', 'db-0');
      cluster.denyEvictions('default/db-0', 'keep it');
      clock.after(30, () => {
        cluster.denials.clear();
      });
      await drain();
      expect(await state()).to.include({ unschedulable: true });
      expect(result.at(-1)).to.equal('w1 is drained.');
    });

    it('that comes after the cordon ends the drain after a minute, and the node is given back', async () => {
      cluster.podsEnd = 'when told';
      const web = cluster.addPod('w1', 'web-1');
      cluster.addPod('w1', 'db-0');
      const change = cluster.changeNode.bind(cluster);
      cluster.changeNode = (node, about) => {
        cluster.denyEvictions('default/db-0', 'keep it');
        return change(node, about);
      };
      clock.after(20, () => {
        cluster.end(web);
      });
      expect(await failureOf(drain())).to.deep.equal({
        exitCode: 77,
        message: `w1 was not drained: an admission policy has denied an eviction for 60 s. Still there:\ndefault/db-0: ${DENIED} ${REMEDY}`,
      });
      expect(clock.slept.reduce((sum, seconds) => sum + seconds, 0)).to.be.lessThan(90);
      expect(await state()).to.deep.equal(AS_FOUND);
    });

    it('about pods that stay is not asked for', async () => {
      cluster.addPod('w1', 'agent', { daemonSet: true });
      cluster.addPod('w1', 'edge', { boundToNode: true });
      cluster.denyEvictions('default', 'keep it');
      await drain();
      expect(result.at(-1)).to.equal(
        'w1 is drained. Left there, since a controller would put them on w1 again in spite of its cordon: default/edge.',
      );
    });
  });

  it('waits for a webhook that denies an eviction, since the webhook may be moving the pod, and names it at the end', async () => {
    const because = 'admission webhook "evictions.example.org" denied the request: it is being moved';
    cluster.addPod('w1', 'vm-0');
    cluster.addBudget(budget);
    cluster.denials.set('default/vm-0', () => ({ kind: 'held', because }));
    expect(await failureOf(drain())).to.deep.equal({
      exitCode: 77,
      message: `w1 was not drained: for 600 s no pod left and no volume was detached. Still there:\ndefault/vm-0: ${because} Ask the owner of the webhook evictions.example.org: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations. PodDisruptionBudget default/web: 1 of 1 pods are healthy, 1 must be, 0 may go.`,
    });
    expect(cluster.writes.filter((write) => write.startsWith('delete'))).to.deep.equal([]);
    expect(await state()).to.deep.equal(AS_FOUND);
  });

  describe('a pod that comes back to the cordoned node', () => {
    /** Every pod is replaced on the same node, as a controller does that names the node itself. */
    const comesBack = (afterSeconds: number, about: Parameters<FakeCluster['addPod']>[2] = {}): void => {
      let made = 0;
      const evict = cluster.evict.bind(cluster);
      cluster.evict = async (pod, grace) => {
        const answer = await evict(pod, grace);
        const name = `ads-${++made}`;
        if (answer.kind === 'evicted') clock.after(afterSeconds, () => void cluster.addPod('w1', name, about));
        return answer;
      };
    };
    const evictions = (): number => cluster.writes.filter((write) => write.startsWith('evict')).length;

    for (const seconds of [1, 40])
      it(`after ${seconds} s each time ends the drain, and its controller is named`, async () => {
        const about = { madeBy: 'AdvancedSet default/ads' };
        cluster.addPod('w1', 'ads-0', about);
        cluster.addPod('w1', 'slow', { terminating: true });
        comesBack(seconds, about);
        const failed = (await failureOf(drain())) as { message: string };
        expect(failed.message.split('\n')[0]).to.equal(
          'w1 was not drained: pods come back though w1 is cordoned, made by AdvancedSet default/ads (3 times). Stop what makes them, or give them the toleration of node.kubernetes.io/unschedulable:NoSchedule, with which a drain leaves them. Still there:',
        );
        expect(evictions()).to.be.lessThan(12);
        expect(clock.slept.reduce((sum, slept) => sum + slept, 0)).to.be.lessThan(200);
        expect(await state()).to.deep.equal(AS_FOUND);
      });

    it('and tolerates the cordon is left there after one eviction, as kubectl drain leaves it', async () => {
      const about = { toleratesCordon: true, madeBy: 'ReplicaSet default/operator', claims: ['data'] };
      cluster.addPod('w1', 'operator', about);
      cluster.addPod('w1', 'slow', { terminating: true });
      clock.after(60, () => {
        cluster.end({ namespace: 'default', name: 'slow' });
      });
      cluster.attach('w1', aVolume('pv-1', 'default/data'));
      comesBack(1, about);
      await drain();
      expect(evictions()).to.equal(1);
      expect(result.at(-1)).to.equal(
        'w1 is drained. Left there, since a controller would put them on w1 again in spite of its cordon: default/ads-1.',
      );
    });

    it('of which every one has another maker ends the drain as well', async () => {
      cluster.addPod('w1', 'ads-0');
      cluster.addPod('w1', 'slow', { terminating: true });
      comesBack(1);
      const failed = (await failureOf(drain())) as { message: string };
      expect(failed.message).to.match(/^w1 was not drained: pods come back though w1 is cordoned, made by /);
      expect(evictions()).to.be.lessThan(40);
    });

    it('in the moment of the cordon is no sign of that', async () => {
      const about = { madeBy: 'ReplicaSet default/web' };
      cluster.addPod('w1', 'web-0', about);
      for (const [index, seconds] of [1, 2, 3, 4].entries())
        clock.after(seconds, () => void cluster.addPod('w1', `web-${index + 1}`, about));
      await drain();
      expect(evictions()).to.equal(5);
    });
  });

  it('waits for the volumes of pods that are gone', async () => {
    cluster.addPod('w1', 'db-0', { claims: ['data'] });
    cluster.attach('w1', aVolume('pv-1', 'default/data'));
    clock.after(90, () => {
      cluster.detach('w1');
    });
    await drain();
    expect(result.slice(-2)).to.deep.equal(['w1: waiting for 1 volumes to be detached.', 'w1 is drained.']);
  });

  it('finds out before it touches the node that it may not see volumes or budgets', async () => {
    cluster.addPod('w1', 'a');
    const see = cluster.attachedVolumes.bind(cluster);
    cluster.attachedVolumes = () => Promise.reject(refused('may not list volumes'));
    expect(await failureOf(drain())).to.deep.equal({ exitCode: 77, message: 'may not list volumes' });
    cluster.attachedVolumes = see;
    cluster.budgets = () => Promise.reject(refused('may not list budgets'));
    expect(await failureOf(drain())).to.deep.equal({ exitCode: 77, message: 'may not list budgets' });
    expect(cluster.writes).to.deep.equal([]);
  });
});

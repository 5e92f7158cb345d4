import { expect } from 'chai';
import { Drainer } from '../../../src/steps/drain/act.ts';
import { decide } from '../../../src/steps/drain/decide.ts';
import { observe } from '../../../src/steps/drain/observe.ts';
import { buildFence, buildMayBegin, fencedWrites } from '../../../src/steps/harness/fence.ts';
import { unlessHalted } from '../../../src/steps/harness/halt.ts';
import { reconcile } from '../../../src/steps/harness/reconcile.ts';
import { tryAgain } from '../../../src/steps/harness/step-error.ts';
import { aLedger, ME, OTHER, TO } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';

const HELD = "Cannot evict pod as it would violate the pod's disruption budget.";

describe('drain', () => {
  let [cluster, clock, lease, said] = [new FakeCluster(), new FakeClock(), new FakeLease(), [] as string[]];
  beforeEach(async () => {
    [cluster, clock, lease, said] = [new FakeCluster(), new FakeClock(), new FakeLease(), []];
    await lease.write(undefined, ME, 0);
    cluster.addNode('w1');
  });

  const log = (line: string): void => void said.push(line);
  const fenced = () => {
    const fence = buildFence(lease, ME);
    return fencedWrites(cluster, fence, buildMayBegin(fence, cluster));
  };
  function drain(): Promise<void> {
    const wish = { run: ME.uid, target: TO, timeoutSeconds: 600, deleteEmptyDirData: true, deleteUnmanagedPods: true };
    const drainer = new Drainer(cluster, fenced(), 300, clock, log);
    return reconcile(
      {
        observe: () => observe(cluster, 'w1'),
        decide: (facts, elapsed) => decide(facts, wish, drainer.held, elapsed),
        act: (action) => drainer.act(action),
      },
      clock,
      log,
    );
  }
  const state = async (): Promise<object> => {
    const node = await cluster.node('w1');
    return { unschedulable: node?.unschedulable, ledger: node?.ledger };
  };
  const DRAINED = { unschedulable: true, ledger: aLedger({ startedAtMs: new FakeClock().now() }) };
  const AS_FOUND = { unschedulable: false, ledger: undefined };
  const budget = { name: 'web', namespace: 'default', minAvailable: 1, covers: () => true };

  it('cordons first, then evicts each pod once with the grace of the settings', async () => {
    cluster.addPod('w1', 'a');
    cluster.addPod('w1', 'b');
    cluster.addPod('w1', 'agent', { daemonSet: true });
    await drain();
    expect(cluster.writes).to.deep.equal(['changeNode w1', 'evict default/a (300 s)', 'evict default/b (300 s)']);
    expect(await state()).to.deep.equal(DRAINED);
    expect(said).to.deep.equal([
      'w1: opening the ledger; cordoning it.',
      'w1: 2 pods must go.',
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
    expect(said).to.include('w1: waiting for 1 pods to end.');
  });

  it('changes nothing the second time', async () => {
    cluster.addPod('w1', 'a');
    await drain();
    const before = cluster.writes.length;
    await drain();
    expect(cluster.writes).to.have.length(before);
  });

  it('waits for a budget that is exhausted for the moment, and says so once', async () => {
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
    clock.after(120, () => {
      cluster.addNode('w2');
      cluster.addPod('w2', 'web-2');
    });
    await drain();
    expect(said.filter((line) => line === `default/web-1: ${HELD}`)).to.have.length(1);
    expect(said.slice(-2)).to.deep.equal(['default/web-1: evicted', 'w1 is drained.']);
    expect(Math.max(...clock.slept)).to.equal(5);
    expect(await state()).to.deep.equal(DRAINED);
  });

  it('gives the node back as it was found when a budget never allows it, and names the pod and the budget', async () => {
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
    expect(await failureOf(drain())).to.deep.equal({
      exitCode: 77,
      message: `w1 was not drained within 600 s. Still there:\ndefault/web-1: ${HELD}`,
    });
    expect(await state()).to.deep.equal(AS_FOUND);
    expect(said.slice(-2)).to.deep.equal([
      'w1: giving up; its host was not touched.',
      'w1: given back as it was found.',
    ]);
  });

  it("leaves somebody else's cordon when it gives up", async () => {
    cluster.alterNode('w1', { unschedulable: true });
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
    expect(await failureOf(drain())).to.include({ exitCode: 77 });
    expect(await state()).to.deep.equal({ unschedulable: true, ledger: undefined });
  });

  it('gives the node back though its kubelet writes it between our look and our write', async () => {
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
    const look = cluster.node.bind(cluster);
    cluster.node = async (name) => {
      const seen = await look(name);
      if (said.includes('w1: giving up; its host was not touched.') && !said.includes('kubelet')) {
        said.push('kubelet');
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
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
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
    cluster.alterNode('w1', { unschedulable: true, ledger: aLedger({ run: OTHER.uid, phase: 'upgrading' }) });
    await drain();
    const ledger = { ...DRAINED.ledger, phase: 'upgrading' };
    expect(await state()).to.deep.equal({ unschedulable: true, ledger });
  });

  describe('with the kill switch set', () => {
    const because =
      'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (not today): nothing more is begun. To go on: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch';
    const stopped = (): unknown => JSON.parse(cluster.annotations['argo-kubeadm-upgrade.io/stopped'] ?? 'null');
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
      cluster.podsEnd = 'when told';
      cluster.addPod('w1', 'web-1');
      cluster.addBudget(budget);
      clock.after(30, () => {
        cluster.killedBecause = 'not today';
      });
      expect(await drainUnlessHalted()).to.equal(false);
      expect(await state()).to.deep.equal(AS_FOUND);
      expect(said.slice(-2)).to.deep.equal([because, 'w1: given back as it was found.']);
    });

    it("leaves somebody else's cordon where it was", async () => {
      cluster.alterNode('w1', { unschedulable: true });
      cluster.addPod('w1', 'web-1');
      cluster.addBudget(budget);
      clock.after(30, () => {
        cluster.killedBecause = 'not today';
      });
      expect(await drainUnlessHalted()).to.equal(false);
      expect(await state()).to.deep.equal({ unschedulable: true, ledger: undefined });
    });

    it('leaves a node whose host was touched as it is, and fails with what is the matter', async () => {
      const ledger = aLedger({ run: OTHER.uid, phase: 'upgrading' });
      cluster.alterNode('w1', { unschedulable: true, ledger });
      cluster.killedBecause = 'not today';
      expect(await failureOf(drainUnlessHalted())).to.deep.equal({
        exitCode: 77,
        message: `${because}\nAn upgrade was begun on w1 and did not end: it stays as it is.`,
      });
      expect(await state()).to.deep.equal({ unschedulable: true, ledger });
    });

    it('is done all the same with a node that is drained already', async () => {
      await drain();
      cluster.killedBecause = 'not today';
      expect(await drainUnlessHalted()).to.equal(true);
    });
  });

  it('refuses when the node vanishes in the middle', async () => {
    cluster.addPod('w1', 'web-1');
    cluster.addBudget(budget);
    clock.after(60, () => {
      cluster.removeNode('w1');
    });
    expect(await failureOf(drain())).to.deep.equal({ exitCode: 77, message: 'There is no node w1 any more.' });
  });
});

import { expect } from 'chai';
import {
  buildFence,
  buildMayBegin,
  fencedEvictions,
  fencedRemote,
  fencedWrites,
} from '../../../src/steps/guards/fence.ts';
import { tryAgain } from '../../../src/steps/runtime/step-error.ts';
import type { NodeChange, NodeWrites, PodWrites } from '../../../src/steps/ports/cluster.ts';
import type { LeasePort } from '../../../src/steps/ports/lease.ts';
import type { RemoteHost } from '../../../src/steps/ports/remote.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aRecord, aPod, ME, OTHER } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakeLease } from '../../support/fakes/lease.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const HOST: RemoteHost = { node: 'w1', uid: 'u', address: '10.0.0.1' };
const REFUSAL = (seen: string): string =>
  `This run (k8s-upgrade-nightly-2, uid-of-this-run) does not hold the Lease k8s-upgrade: ${seen}. From here on, this step changes nothing. Start a new run.`;

describe('the fence', () => {
  let lease: FakeLease;
  let cluster: FakeCluster;
  let remote: FakeRemote;
  beforeEach(() => {
    lease = new FakeLease();
    cluster = new FakeCluster();
    remote = new FakeRemote().whenScript(/./, {});
  });

  const mutations = (): Record<string, () => Promise<unknown>> => {
    const fence = buildFence(lease, ME);
    const writes = { ...fencedWrites(cluster, fence), ...fencedEvictions(cluster, fence) };
    const node = cluster.addNode('w1');
    return {
      'a change of a Node': () => writes.changeNode(node, { unschedulable: true }),
      'an eviction': () => writes.evict(aPod('web'), 30),
      'an annotation of the namespace': () => writes.writeRunMarks({ a: 'b' }),
      'a command on a node': () => fencedRemote(remote, fence).run(HOST, { script: 'true', timeoutSeconds: 1 }),
    };
  };
  const touched = (): number => cluster.writes.length + remote.ran.length;

  for (const what of ['a change of a Node', 'an eviction', 'an annotation of the namespace', 'a command on a node'])
    describe(what, () => {
      it('is let through while this run holds the Lease', async () => {
        await lease.write(undefined, ME, 0);
        await mutations()[what]?.();
        expect(touched()).to.equal(1);
      });

      it('is refused when there is no Lease', async () => {
        const failure = await failureOf(mutations()[what]?.() ?? Promise.resolve());
        expect(failure).to.deep.equal({ exitCode: 77, message: REFUSAL('it has no holder') });
        expect(touched()).to.equal(0);
      });

      it('is refused when another run holds it, and names that run', async () => {
        await lease.write(undefined, OTHER, 0);
        const failure = await failureOf(mutations()[what]?.() ?? Promise.resolve());
        const seen = 'it is held by k8s-upgrade-nightly-1 (uid-of-other-run)';
        expect(failure).to.deep.equal({ exitCode: 77, message: REFUSAL(seen) });
        expect(touched()).to.equal(0);
      });

      it('is refused to a run of the same name that is another', async () => {
        await lease.write(undefined, { ...ME, uid: 'uid-of-its-namesake' }, 0);
        expect(await failureOf(mutations()[what]?.() ?? Promise.resolve())).to.include({ exitCode: 77 });
        expect(touched()).to.equal(0);
      });

      it('stays closed when it cannot tell', async () => {
        lease.read = () => Promise.reject(tryAgain('could not get lease'));
        const failure = await failureOf(mutations()[what]?.() ?? Promise.resolve());
        expect(failure).to.deep.equal({ exitCode: 75, message: 'could not get lease' });
        expect(touched()).to.equal(0);
      });
    });

  it('is asked before every single change: a Lease that is lost in between stops the next', async () => {
    await lease.write(undefined, ME, 0);
    const all = mutations();
    await all['an eviction']?.();
    await lease.write(await lease.read(), OTHER, 1);
    expect(await failureOf(all['an eviction']?.() ?? Promise.resolve())).to.include({ exitCode: 77 });
    expect(touched()).to.equal(1);
  });

  it('lets a run that only reads ask nothing', async () => {
    const counting: LeasePort = { read: () => Promise.reject(new Error('asked')), write: lease.write.bind(lease) };
    fencedWrites(cluster, buildFence(counting, ME));
    cluster.addNode('w1');
    expect(await cluster.nodes()).to.have.length(1);
    expect(await cluster.podsOn('w1')).to.deep.equal([]);
  });
});

describe('what begins something', () => {
  const HALTED =
    'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (disk swap): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch';
  let cluster = new FakeCluster();
  let writes: NodeWrites & PodWrites;
  beforeEach(async () => {
    const lease = new FakeLease();
    await lease.write(undefined, ME, 0);
    cluster = new FakeCluster();
    cluster.killedBecause = 'disk swap';
    const fence = buildFence(lease, ME);
    const mayBegin = buildMayBegin(fence, cluster);
    writes = { ...fencedWrites(cluster, fence, mayBegin), ...fencedEvictions(cluster, mayBegin) };
  });

  const cordoned = { unschedulable: true, upgradeRecord: aRecord() };
  const touched = { unschedulable: true, upgradeRecord: aRecord({ phase: 'upgrading' }) };
  const TABLE: readonly [string, 'halted' | 'let through', Partial<ClusterNode>, NodeChange][] = [
    ['a cordon', 'halted', {}, { unschedulable: true }],
    ['a upgrade record with its cordon', 'halted', {}, { upgradeRecord: aRecord(), unschedulable: true }],
    ['a upgrade record on a node that is cordoned', 'halted', { unschedulable: true }, { upgradeRecord: aRecord() }],
    [
      'taking over from another run',
      'halted',
      { ...cordoned, upgradeRecord: aRecord({ run: 'x' }) },
      { upgradeRecord: aRecord() },
    ],
    ['work on the host', 'halted', cordoned, { upgradeRecord: touched.upgradeRecord }],
    ['a second look at work that goes on', 'let through', touched, { upgradeRecord: touched.upgradeRecord }],
    ['verifying', 'let through', touched, { upgradeRecord: aRecord({ phase: 'verifying' }) }],
    ['an uncordon', 'let through', touched, { upgradeRecord: aRecord({ phase: 'soaking' }), unschedulable: false }],
    ['giving back', 'let through', cordoned, { upgradeRecord: null, unschedulable: false }],
    [
      'closing an upgrade record',
      'let through',
      { upgradeRecord: aRecord({ phase: 'soaking' }) },
      { upgradeRecord: null },
    ],
  ];
  for (const [what, outcome, about, change] of TABLE)
    it(`${what} is ${outcome} when the kill switch is set`, async () => {
      const node = cluster.addNode('w1', about);
      if (outcome === 'let through') expect(await writes.changeNode(node, change)).to.equal('written');
      else expect(await failureOf(writes.changeNode(node, change))).to.deep.equal({ exitCode: 78, message: HALTED });
      expect(cluster.writes).to.have.length(outcome === 'halted' ? 0 : 1);
    });

  it('an eviction is halted, a note in the namespace is not', async () => {
    const pod = cluster.addPod('w1', 'web');
    expect(await failureOf(writes.evict(pod, 30))).to.deep.equal({ exitCode: 78, message: HALTED });
    await writes.writeRunMarks({ a: 'b' });
    expect(cluster.writes).to.deep.equal(['writeRunMarks']);
  });

  it('writes no mark that Argo would evaluate, whoever reads it next', async () => {
    await writes.writeRunMarks({ reason: '{"because":"{{=1+41}}"}', gone: null });
    expect(cluster.marks).to.deep.equal({ reason: '{"because":"{ {=1+41} }"}' });
  });

  it('goes on when the switch is not set', async () => {
    cluster.killedBecause = undefined;
    expect(await writes.changeNode(cluster.addNode('w1'), { unschedulable: true })).to.equal('written');
  });
});

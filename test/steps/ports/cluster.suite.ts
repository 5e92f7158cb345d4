import { expect } from 'chai';
import type { Cluster, NodeChange, NodePod } from '../../../src/steps/ports/cluster.ts';
import { failureOf } from '../../support/failure.ts';
import { budgetsOver, protectionOf } from '../../../src/upgrade/drain/disruption-budget.ts';
import { canonicalAddress } from '../../../src/upgrade/node/ip-address.ts';
import type { UpgradeRecord } from '../../../src/upgrade/node/upgrade-record.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';

/** A cluster and what the promises need to happen in it. */
export interface ClusterWorld {
  readonly cluster: Cluster;
  /** A node that may be written to; nothing else runs on it. */
  readonly node: string;
  readonly namespace: string;
  /** With which the names of marks begin. */
  readonly prefix: string;
  /** A pod on that node, in that namespace. */
  addPod(name: string, about: { readonly ready: boolean }): Promise<void>;
  /** A budget for all pods of that namespace, in force when this returns. */
  addBudget(name: string, minAvailable: number): Promise<void>;
  /** A ValidatingAdmissionPolicy `no-evict` denies evictions in that namespace, in force when this returns. */
  denyEvictions(): Promise<void>;
  /** A volume bound to a claim of that namespace, attached to that node. */
  attach(claim: string): Promise<void>;
  /** Another client writes the Node. */
  alterNode(): Promise<void>;
  /** Writes an invalid upgrade record on the Node. */
  spoilRecord(text: string): Promise<void>;
  /** Sets the kill switch, with or without a reason. */
  setKillSwitch(reason: string | undefined): Promise<void>;
  end(): Promise<void>;
}

const UPGRADE_RECORD: UpgradeRecord = {
  run: '2f0a3c1e-8f57-4a7b-9b1e-2f0d5c1f7a11',
  from: { major: 1, minor: 34, patch: 9 },
  to: { major: 1, minor: 34, patch: 10 },
  phase: 'draining',
  cordonedByUs: true,
};

export function describeCluster(name: string, make: () => Promise<ClusterWorld>): void {
  describe(`Cluster: ${name}`, () => {
    let world: ClusterWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const node = async (): Promise<ClusterNode> => {
      const found = await world.cluster.node(world.node);
      if (found === undefined) throw new Error(`${world.node} is not there`);
      return found;
    };
    /** In a real cluster others write, too: the cordon is followed by a taint, the kubelet reports. */
    const written = async (change: NodeChange): Promise<ClusterNode> => {
      for (let attempt = 0; attempt < 10; attempt++) {
        const outcome = await world.cluster.changeNode(await node(), change);
        if (outcome === 'written') return node();
        expect(outcome).to.equal('changed');
      }
      throw new Error(`${world.node} was changed by others ten times in a row`);
    };
    const pods = async (): Promise<readonly NodePod[]> =>
      (await world.cluster.podsOn(world.node)).filter(({ namespace }) => namespace === world.namespace);
    const pod = async (wanted: string): Promise<NodePod> => {
      const found = (await pods()).find((one) => one.name === wanted);
      if (found === undefined) throw new Error(`${wanted} is not there`);
      return found;
    };

    it('shows a node alike in the list and by its name', async () => {
      const listed = (await world.cluster.nodes()).find((one) => one.name === world.node);
      // The node controller may taint a new node between two looks.
      const { revision, taints, ...about } = await node();
      expect(listed).to.deep.include(about);
      expect([...(listed?.taints ?? []), ...taints]).to.deep.include.members(taints.slice(0, 1));
      expect(revision).to.match(/^\d+$/);
    });

    it('knows no node of a name that nobody has', async () => {
      expect(await world.cluster.node('no-such-node')).to.equal(undefined);
    });

    it('sets an upgrade record of a worker aside that names a newer version than every control-plane node', async () => {
      const to = { major: 99, minor: 0, patch: 0 };
      await written({ upgradeRecord: { ...UPGRADE_RECORD, to } });
      const listed = (await world.cluster.nodes()).find((one) => one.name === world.node);
      expect(listed?.upgradeRecord).to.equal(undefined);
      expect(listed?.ignoredUpgradeRecord?.to).to.deep.equal(to);
      expect(listed?.ignoredUpgradeRecord?.annotation).to.match(/\/ledger$/);
    });

    it('names a node that cannot be read, beside those that can; asked for all, or for that one, it throws that', async () => {
      const before = (await world.cluster.nodes()).map((one) => one.name);
      await world.spoilRecord('{{=1+41}}');
      const { nodes, unreadable } = await world.cluster.nodeReadings();
      expect(nodes.map((one) => one.name)).to.deep.equal(before.filter((one) => one !== world.node));
      expect(unreadable.map((one) => one.name)).to.deep.equal([world.node]);
      const line = /^Node \S+ cannot be read: its annotation \S+\/ledger is no upgrade record: \{\{=1\+41\}\}\./;
      expect(await failureOf(world.cluster.nodes()))
        .to.have.property('message')
        .that.matches(line);
      expect(await failureOf(world.cluster.node(world.node)))
        .to.have.property('message')
        .that.matches(line);
    });

    it('writes the upgrade record and the cordon together', async () => {
      const after = await written({ upgradeRecord: UPGRADE_RECORD, unschedulable: true });
      expect(after).to.deep.include({ upgradeRecord: UPGRADE_RECORD, unschedulable: true });
    });

    it('leaves out of a change what is not named', async () => {
      await written({ upgradeRecord: UPGRADE_RECORD, unschedulable: true });
      const upgrading: UpgradeRecord = { ...UPGRADE_RECORD, phase: 'upgrading' };
      expect(await written({ upgradeRecord: upgrading })).to.deep.include({
        upgradeRecord: upgrading,
        unschedulable: true,
      });
    });

    it('closes the upgrade record and lifts the cordon together', async () => {
      await written({ upgradeRecord: UPGRADE_RECORD, unschedulable: true });
      const after = await written({ upgradeRecord: null, unschedulable: false });
      expect(after).to.deep.include({ upgradeRecord: undefined, unschedulable: false });
    });

    it('does not write a node that somebody else has written since it was read', async () => {
      const read = await node();
      await world.alterNode();
      expect(await world.cluster.changeNode(read, { upgradeRecord: UPGRADE_RECORD, unschedulable: true })).to.equal(
        'changed',
      );
      expect(await node()).to.deep.include({ upgradeRecord: undefined, unschedulable: false });
    });

    it('says that a node is gone when there is none to write', async () => {
      const gone = { ...(await node()), name: 'no-such-node' };
      expect(await world.cluster.changeNode(gone, { unschedulable: true })).to.equal('gone');
    });

    it('lists the pods of a node, in order', async () => {
      await world.addPod('b', { ready: true });
      await world.addPod('a', { ready: false });
      expect((await pods()).map(({ name: one, ready }) => [one, ready])).to.deep.equal([
        ['a', false],
        ['b', true],
      ]);
      expect(await world.cluster.podsOn('no-such-node')).to.deep.equal([]);
    });

    it('evicts a pod that no budget covers', async () => {
      await world.addPod('web', { ready: true });
      expect(await world.cluster.evict(await pod('web'), 30)).to.deep.equal({ kind: 'evicted' });
      expect((await pods()).filter(({ terminating }) => !terminating)).to.deep.equal([]);
    });

    it('holds a pod that its budget cannot spare', async () => {
      await world.addPod('web', { ready: true });
      await world.addBudget('web', 1);
      const eviction = await world.cluster.evict(await pod('web'), 30);
      const because = "Cannot evict pod as it would violate the pod's disruption budget.";
      expect(eviction).to.deep.equal({ kind: 'held', because });
      expect(await pod('web')).to.include({ terminating: false });
    });

    it('says what an eviction would be answered, and evicts nothing', async () => {
      await world.addPod('web', { ready: true });
      expect(await world.cluster.wouldEvict(await pod('web'), 30)).to.deep.equal({ kind: 'evicted' });
      expect(await pod('web')).to.include({ terminating: false });
      await world.addBudget('web', 1);
      expect(await world.cluster.wouldEvict(await pod('web'), 30)).to.include({ kind: 'held' });
    });

    it('says that an admission policy denies an eviction, and which one', async () => {
      await world.addPod('web', { ready: true });
      await world.denyEvictions();
      const because =
        /^pods "web" is forbidden: ValidatingAdmissionPolicy '\S*no-evict' with binding '\S+' denied request: keep it$/;
      for (const answer of [
        await world.cluster.wouldEvict(await pod('web'), 30),
        await world.cluster.evict(await pod('web'), 30),
      ]) {
        expect(answer.kind).to.equal('denied');
        expect(answer).to.have.property('because').that.matches(because);
      }
      expect(await pod('web')).to.include({ terminating: false });
    });

    it('evicts as many pods as the budget can spare, and no more', async () => {
      await world.addPod('web-1', { ready: true });
      await world.addPod('web-2', { ready: true });
      await world.addBudget('web', 1);
      expect(await world.cluster.evict(await pod('web-1'), 30)).to.deep.equal({ kind: 'evicted' });
      expect(await world.cluster.evict(await pod('web-2'), 30)).to.include({ kind: 'held' });
    });

    it('holds a pod that two budgets cover, since the API server cannot tell', async () => {
      await world.addPod('web', { ready: true });
      await world.addBudget('one', 0);
      await world.addBudget('two', 0);
      const because =
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
      expect(await world.cluster.evict(await pod('web'), 30)).to.deep.equal({ kind: 'held', because });
    });

    it('says that a pod is gone when another has its name', async () => {
      await world.addPod('web-0', { ready: true });
      const earlier = { ...(await pod('web-0')), uid: '00000000-0000-4000-8000-000000000000' };
      expect(await world.cluster.evict(earlier, 30)).to.deep.equal({ kind: 'gone' });
      expect(await pod('web-0')).to.include({ terminating: false });
    });

    it('says that a pod is gone when there is none of its name', async () => {
      await world.addPod('web', { ready: true });
      const gone = { ...(await pod('web')), name: 'no-such-pod' };
      expect(await world.cluster.evict(gone, 30)).to.deep.equal({ kind: 'gone' });
    });

    it('shows a budget with what it counts, and which pods it covers', async () => {
      await world.addPod('web-1', { ready: true });
      await world.addPod('web-2', { ready: false });
      await world.addBudget('web', 1);
      const budgets = await world.cluster.budgets();
      const [budget, ...others] = budgetsOver(await pod('web-1'), budgets);
      expect(others).to.deep.equal([]);
      expect(budget).to.deep.include({
        ...{ namespace: world.namespace, name: 'web', unhealthyPods: 'if-healthy-budget', unsettled: undefined },
        ...{ desiredHealthy: 1, expectedPods: 2, currentHealthy: 1, disruptionsAllowed: 0 },
      });
      expect(protectionOf(await pod('web-1'), budgets)).to.include({ kind: 'exhausted' });
    });

    it('shows the deadlock of a lone pod', async () => {
      await world.addPod('web', { ready: true });
      await world.addBudget('web', 1);
      expect(protectionOf(await pod('web'), await world.cluster.budgets())).to.include({ kind: 'deadlock' });
    });

    it('deletes a pod past its budget, and nothing but that pod', async () => {
      await world.addPod('web', { ready: true });
      await world.addBudget('web', 1);
      const web = await pod('web');
      const earlier = { ...web, uid: '00000000-0000-4000-8000-000000000000' };
      expect(await world.cluster.deletePod(earlier, 30)).to.deep.equal({ kind: 'gone' });
      expect(await pod('web')).to.include({ terminating: false, dueAtMs: undefined });
      expect(await world.cluster.deletePod(web, 30)).to.deep.equal({ kind: 'evicted' });
      for (const { terminating, dueAtMs } of await pods()) expect(terminating && dueAtMs).to.be.a('number');
      expect(await world.cluster.deletePod({ ...web, name: 'no-such-pod' }, 30)).to.deep.equal({ kind: 'gone' });
    });

    it('shows the volumes that are attached to a node, and to which claims they are bound', async () => {
      await world.attach('data');
      const claims = (await world.cluster.attachedVolumes(world.node)).map(({ claim }) => claim);
      expect(claims).to.deep.equal([`${world.namespace}/data`]);
      expect(await world.cluster.attachedVolumes('no-such-node')).to.deep.equal([]);
    });

    it('names each API server once, by an IP address in its one spelling', async () => {
      const addresses = await world.cluster.apiServerAddresses();
      expect(addresses).to.not.deep.equal([]);
      expect(addresses.map(canonicalAddress)).to.deep.equal([...new Set(addresses)]);
    });

    it('writes marks of a run and takes them away again', async () => {
      await world.cluster.assertRunState();
      await world.cluster.writeRunMarks({
        [`${world.prefix}in-flight`]: 'night-1',
        [`${world.prefix}target`]: '1.34.10',
      });
      await world.cluster.writeRunMarks({ [`${world.prefix}in-flight`]: null });
      expect(await world.cluster.runMarks()).to.deep.include({ [`${world.prefix}target`]: '1.34.10' });
      expect(Object.keys(await world.cluster.runMarks())).not.to.include(`${world.prefix}in-flight`);
      await world.cluster.writeRunMarks({ [`${world.prefix}target`]: null });
    });

    it('knows no kill switch until there is one, and then its reason', async () => {
      expect(await world.cluster.killSwitch()).to.equal(undefined);
      await world.setKillSwitch('disk swap');
      expect(await world.cluster.killSwitch()).to.equal('disk swap');
    });

    it('takes a kill switch without a reason for one', async () => {
      await world.setKillSwitch(undefined);
      expect(await world.cluster.killSwitch()).to.equal('');
    });

    it('shows what a node remembers of its last upgrade, written as its upgrade record is closed', async () => {
      await written({ upgradeRecord: UPGRADE_RECORD, unschedulable: true });
      const lastUpgrade = {
        run: UPGRADE_RECORD.run,
        from: UPGRADE_RECORD.from,
        to: UPGRADE_RECORD.to,
        finishedAtMs: 1_795_482_000_000,
        seconds: 754,
      };
      const after = await written({ upgradeRecord: null, unschedulable: false, lastUpgrade });
      expect(after).to.deep.include({ upgradeRecord: undefined, lastUpgrade });
      expect(await written({ upgradeRecord: UPGRADE_RECORD })).to.deep.include({ lastUpgrade });
    });

    it('keeps when an upgrade record was opened', async () => {
      const upgradeRecord = { ...UPGRADE_RECORD, startedAtMs: 1_795_482_000_123 };
      expect(await written({ upgradeRecord })).to.deep.include({ upgradeRecord });
    });

    it('calls an API server ready that answers and grants', async () => {
      expect(await world.cluster.apiReady()).to.deep.equal({ ready: true });
    });
  });
}

import { expect } from 'chai';
import type { Rehearsal } from '../../../src/steps/ports/rehearsal.ts';
import { valueOf } from './compatibility.suite.ts';

/** A cluster, and what the promises need to happen in it. */
export interface RehearsalWorld {
  readonly rehearsal: Rehearsal;
  /** Ready and schedulable; nothing else runs on it. */
  readonly node: string;
  readonly namespace: string;
  /** On that node, in that namespace. */
  addPod(name: string): Promise<void>;
  /** Over all pods of that namespace, in force when this returns. */
  addBudget(name: string): Promise<void>;
  /** A volume bound to a claim of that namespace, attached to that node. */
  attach(claim: string): Promise<void>;
  /** A volume for a claim of that namespace that only a node of that host name can reach. */
  pin(claim: string, node: string): Promise<void>;
  /** A ValidatingAdmissionPolicy denies evictions in that namespace. */
  denyEvictions(): Promise<void>;
  /** The webhook is asked about evictions in that namespace, and no pod answers for it. */
  addWebhook(name: string, failurePolicy: 'Fail' | 'Ignore'): Promise<void>;
  end(): Promise<void>;
}

export function describeRehearsal(name: string, make: () => Promise<RehearsalWorld>): void {
  describe(`Rehearsal: ${name}`, () => {
    let world: RehearsalWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('shows a node that takes pods', async () => {
      const nodes = valueOf(await world.rehearsal.nodes());
      expect(nodes.find(({ name: one }) => one === world.node)).to.include({ takesPods: true });
    });

    it('shows pods with their node and what they ask of it', async () => {
      await world.addPod('web');
      const pods = valueOf(await world.rehearsal.pods()).filter(({ namespace }) => namespace === world.namespace);
      expect(pods.map(({ name: one, node, needs }) => [one, node, needs.requests['pods']])).to.deep.equal([
        ['web', world.node, 1],
      ]);
    });

    it('shows budgets', async () => {
      await world.addPod('web');
      await world.addBudget('web');
      const budgets = valueOf(await world.rehearsal.budgets()).filter(({ namespace }) => namespace === world.namespace);
      expect(budgets.map(({ name: one }) => one)).to.deep.equal(['web']);
    });

    it('shows which volumes can be reached from where', async () => {
      await world.pin('data', 'w9');
      const volumes = valueOf(await world.rehearsal.pinnedVolumes());
      expect(volumes.filter(({ claim }) => claim === `${world.namespace}/data`)).to.deep.equal([
        {
          claim: `${world.namespace}/data`,
          nodeTerms: [{ expressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['w9'] }], fields: [] }],
        },
      ]);
    });

    it('shows volumes that are attached, with their node', async () => {
      await world.attach('data');
      const volumes = valueOf(await world.rehearsal.attachments()).filter(({ node }) => node === world.node);
      expect(volumes.map(({ claim, volumeGone }) => [claim, volumeGone])).to.deep.equal([
        [`${world.namespace}/data`, false],
      ]);
    });

    it('shows namespaces with the label that each has', async () => {
      expect(valueOf(await world.rehearsal.namespaces()).get(world.namespace)).to.include({
        'kubernetes.io/metadata.name': world.namespace,
      });
    });

    it('shows policies that may deny an eviction', async () => {
      await world.addPod('web');
      await world.denyEvictions();
      const policies = valueOf(await world.rehearsal.policies());
      const own = policies.filter(({ name: one }) => one.endsWith('no-evict'));
      expect(own.map(({ scopes }) => scopes[0]?.rules[0]?.resources)).to.deep.equal([['pods/eviction']]);
    });

    it('shows webhooks without whose answer requests fail, and that nobody answers', async () => {
      await world.addWebhook('closed', 'Fail');
      await world.addWebhook('open', 'Ignore');
      const webhooks = valueOf(await world.rehearsal.webhooks());
      const own = webhooks.filter(({ service }) => service === `${world.namespace}/nobody`);
      expect(own).to.have.length(1);
      expect(own[0]?.name).to.match(/closed/);
      expect(own[0]?.endpoints).to.deep.equal([]);
    });
  });
}

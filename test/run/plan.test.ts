import { expect } from 'chai';
import fc from 'fast-check';
import { estimateNode, estimateRun } from '../../src/run/estimate.ts';
import type { LastUpgrade } from '../../src/upgrade/node/last-upgrade.ts';
import type { ClusterNode } from '../../src/upgrade/node/node.ts';
import { buildPlan, canonicalPlan, type PlanInput } from '../../src/run/plan.ts';
import { aControlPlane, aRecord, aNode, anyCluster, FROM, ME, staticPodsAt, TO, v } from '../support/builders.ts';

const WISH: PlanInput = { target: TO, kind: 'patch', only: [], canary: { names: ['w2'], labels: [] } };
const CLUSTER = [aControlPlane('cp1'), aNode('w1'), aNode('w2'), aNode('w3', { kubelet: TO })];
const planOf = (
  nodes: readonly ClusterNode[],
  wish: Partial<PlanInput> = {},
  findings: readonly string[] = ['a', 'b'],
) => canonicalPlan(buildPlan(nodes, { ...WISH, ...wish }, findings));
const without = (name: string) => CLUSTER.filter((node) => node.name !== name);
const changed = (name: string, about: Partial<ClusterNode>) =>
  CLUSTER.map((node) => (node.name === name ? { ...node, ...about } : node));

describe('a plan', () => {
  it('names the control plane, then the canary, then the other workers, and what is left as it is', () => {
    const { nodes, left } = buildPlan(CLUSTER, WISH, []);
    expect(nodes.map(({ node, role, turn }) => `${node.name} ${role} ${turn}`)).to.deep.equal([
      'cp1 first-control-plane control-plane',
      'w2 worker canary',
      'w1 worker worker',
    ]);
    expect(left.map(({ name }) => name)).to.deep.equal(['w3']);
  });

  const SAME: readonly [string, string][] = [
    ['the nodes are listed in another order', planOf([...CLUSTER].reverse())],
    ['the findings are', planOf(CLUSTER, {}, ['b', 'a'])],
    ['a node is cordoned, or written otherwise', planOf(changed('w1', { unschedulable: true, revision: '7' }))],
    ['an earlier upgrade took longer', planOf(changed('w1', { lastUpgrade: lasting(900) }))],
  ];
  for (const [what, text] of SAME)
    it(`keeps its digest when ${what}`, () => {
      expect(text).to.equal(planOf(CLUSTER));
    });

  const OTHER: readonly [string, string][] = [
    ['a node joins', planOf([...CLUSTER, aNode('w4')])],
    ['a node that is at the target joins', planOf([...CLUSTER, aNode('w4', { kubelet: TO })])],
    ['a node goes', planOf(without('w1'))],
    ['a node that was left as it is goes', planOf(without('w3'))],
    ['a node is made anew under its old name', planOf(changed('w1', { uid: 'another' }))],
    ['a node is upgraded by hand', planOf(changed('w1', { kubelet: TO }))],
    ['a static pod is at another version', planOf(changed('cp1', { staticPods: staticPodsAt(v('1.34.8')) }))],
    ['the target is another', planOf(CLUSTER, { target: v('1.34.11') })],
    ['the canary is another', planOf(CLUSTER, { canary: { names: ['w1'], labels: [] } })],
    ['only some nodes are to be done', planOf(CLUSTER, { only: ['cp1', 'w1'] })],
    ['the gate finds something else', planOf(CLUSTER, {}, ['a', 'c'])],
    ['the gate finds one thing more of the same kind', planOf(CLUSTER, {}, ['a', 'b', 'b'])],
    [
      'a worker joined earlier than it seemed',
      planOf(changed('w1', { createdAtMs: 0 }), { canary: { names: [], labels: [] } }),
    ],
  ];
  for (const [what, text] of OTHER)
    it(`has another digest when ${what}`, () => {
      expect(text).to.not.equal(planOf(CLUSTER));
    });

  it('law: every node is in it once, whatever is listed when', () => {
    fc.assert(
      fc.property(anyCluster, (nodes) => {
        const { nodes: planned, left } = buildPlan(nodes, WISH, []);
        const names = [...planned.map(({ node }) => node.name), ...left.map(({ name }) => name)];
        expect(names.sort()).to.deep.equal(nodes.map(({ name }) => name).sort());
        expect(planOf([...nodes].reverse())).to.equal(planOf(nodes));
      }),
    );
  });
});

function lasting(seconds: number): LastUpgrade {
  return { run: ME.uid, from: FROM, to: TO, finishedAtMs: 0, seconds };
}

describe('how long an upgrade takes', () => {
  const nodes = [
    aControlPlane('cp1'),
    aNode('w1', { lastUpgrade: lasting(600) }),
    aNode('w2', { lastUpgrade: lasting(900), upgradeRecord: aRecord() }),
    aNode('w3'),
  ];
  const estimate = (node: ClusterNode) => estimateNode(node, nodes, 2700);

  it('is what a node remembers, else what is assumed: two workers speak for no third', () => {
    expect(nodes.map(estimate)).to.deep.equal([
      { seconds: 2700, remembered: false },
      { seconds: 600, remembered: true },
      { seconds: 900, remembered: true },
      { seconds: 2700, remembered: false },
    ]);
  });

  it('adds up, but for workers that are done at the same time', () => {
    const { nodes: planned } = buildPlan(nodes, { ...WISH, canary: { names: [], labels: [] } }, []);
    const seconds = (node: ClusterNode): number => estimate(node).seconds;
    expect([1, 2, 3].map((atOnce) => estimateRun(planned, seconds, atOnce))).to.deep.equal([
      2700 + 600 + 900 + 2700,
      2700 + 900 + 2700,
      2700 + 2700,
    ]);
    expect(estimateRun([], seconds, 1)).to.equal(0);
  });
});

import { expect } from 'chai';
import { runners } from '../../../src/contract/runners.ts';
import { hostRequirements } from '../../../src/upgrade/drain/host-requirements.ts';
import { EXCLUDED_KINDS } from '../../../src/upgrade/node/exclusion.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import type { RunnerRules } from '../../../src/upgrade/drain/runner.ts';
import { singleControlPlane, withoutKeyRunner, withoutRunner } from '../../../src/upgrade/drain/runners.ts';
import { aControlPlane, aNode, RUNNERS } from '../../support/builders.ts';

const LINUX = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const ROLE = { 'node-role.kubernetes.io/control-plane': '' };
const requires = hostRequirements(['amd64'], { names: ['w8'], labels: ['pool=edge'], kinds: EXCLUDED_KINDS });
const RULES: RunnerRules = {
  withSshKey: { ...RUNNERS.withSshKey, requires },
  others: { ...RUNNERS.others, requires },
};
const cp = (name: string, labels: Record<string, string> = LINUX): ClusterNode =>
  aControlPlane(name, { labels: { ...ROLE, ...labels } });
const worker = (labels: Record<string, string>): ClusterNode => aNode('w1', { labels: { ...LINUX, ...labels } });
const singlePlane = (node: ClusterNode) =>
  withoutRunner([cp('cp1'), node], [{ name: 'cp1', role: 'first-control-plane' }], RULES);

describe('a node of another platform is no host for steps:', () => {
  const OTHERS: readonly [string, Record<string, string>, string][] = [
    ['Windows', { 'kubernetes.io/os': 'windows' }, 'its label kubernetes.io/os is "windows", expected linux'],
    [
      'another architecture',
      { 'kubernetes.io/arch': 'arm64' },
      'its label kubernetes.io/arch is "arm64", expected amd64',
    ],
    ['a virtual kubelet', { type: 'virtual-kubelet' }, 'its label type is "virtual-kubelet", which keeps steps off'],
    [
      'KubeEdge',
      { 'node-role.kubernetes.io/agent': '' },
      'its label node-role.kubernetes.io/agent is "", which keeps steps off',
    ],
    ['a label of nodes.exclude', { pool: 'edge' }, 'its label pool is "edge", which keeps steps off'],
  ];
  for (const [what, labels, because] of OTHERS)
    it(what, () => {
      expect(singlePlane(worker(labels))).to.deep.equal([
        `The steps that upgrade cp1 run on another node, and none can run them: w1: ${because}. Put one of them right.`,
      ]);
    });

  it('a node without such a label, which the scheduler passes over as well', () => {
    expect(singlePlane(aNode('w1'))).to.deep.equal([
      'The steps that upgrade cp1 run on another node, and none can run them: w1: it has no label kubernetes.io/os, expected linux, it has no label kubernetes.io/arch, expected amd64. Put one of them right.',
    ]);
  });

  it('and any other node is one', () => {
    expect(singlePlane(worker({ 'node-role.kubernetes.io/edge': '' }))).to.deep.equal([]);
  });

  it('a second control-plane node of another architecture leaves the first the only one with the SSH key', () => {
    const arm = cp('cp2', { ...LINUX, 'kubernetes.io/arch': 'arm64' });
    expect(withoutKeyRunner([arm], RULES)).to.deep.equal([
      'The steps that hold the SSH key run on a node with node-role.kubernetes.io/control-plane=, and none can run them: cp2: its label kubernetes.io/arch is "arm64", expected amd64. Put one of them right.',
    ]);
    expect(singleControlPlane([cp('cp1'), aNode('w1')], RULES)).to.equal('cp1');
  });

  it('as synth tells the steps', () => {
    expect(runners.parse(runners.format(RULES))).to.deep.equal(RULES);
    const wrong = { ...RULES, others: { ...RULES.others, requires: [{ key: 'x', operator: 'Gt', values: ['1'] }] } };
    expect(() => runners.parse(JSON.stringify(wrong))).to.throw(RangeError);
  });
});

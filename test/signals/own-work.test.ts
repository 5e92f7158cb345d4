import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Alert } from '../../src/signals/alert-gate.ts';
import type { ClusterNode } from '../../src/upgrade/node/node.ts';
import { formatPassed, splitByWork, type OwnWork } from '../../src/signals/own-work.ts';
import { UPGRADE_ALERTS } from '../../src/signals/upgrade-alerts.ts';
import { aControlPlane, aRecord, aNode, anyCluster, staticPodsAt, v } from '../support/builders.ts';

const SCOPE = { gateLabel: 'upgrade_gate' };
const alert = (name: string, labels: Readonly<Record<string, string>> = {}): Alert => ({
  name,
  labels: { alertname: name, severity: 'warning', ...labels },
});
const MISMATCH = alert('KubeVersionMismatch', { cluster: '' });
const OLD = v('1.34.9');
const NEW = v('1.35.2');
const OPEN = aRecord({ from: OLD, to: NEW, phase: 'verifying' });

/** What is said of an alert that passes; undefined for one that counts. */
function passed(one: Alert, nodes: readonly ClusterNode[], work: Partial<OwnWork> = {}): string | undefined {
  const { counted, passed: those } = splitByWork([one], { nodes, ...work }, SCOPE);
  expect(counted.length + those.length).to.equal(1);
  return those.length === 0 ? undefined : formatPassed(those);
}

type Row = readonly [promise: string, alert: Alert, nodes: readonly ClusterNode[], expected: string | undefined];
const rows = (table: readonly Row[]): void => {
  for (const [promise, one, nodes, expected] of table)
    it(promise, () => {
      expect(passed(one, nodes)).to.equal(expected);
    });
};

const cp = (name: string, about: Partial<ClusterNode> = {}) => aControlPlane(name, { kubelet: OLD, ...about });
const w = (name: string, about: Partial<ClusterNode> = {}) => aNode(name, { kubelet: OLD, ...about });
const DONE = { kubelet: NEW };

describe('KubeVersionMismatch passes', () => {
  const [first, ...others] = staticPodsAt(OLD);
  rows([
    [
      'while the control plane has moved and a worker has not',
      MISMATCH,
      [cp('cp1', DONE), w('w1')],
      'passed: KubeVersionMismatch, because cp1 is at 1.35.2 and w1 at 1.34.9',
    ],
    [
      'while one of three control-plane nodes has moved',
      MISMATCH,
      [cp('cp1', DONE), cp('cp2'), cp('cp3')],
      'passed: KubeVersionMismatch, because cp1 is at 1.35.2 and cp2 at 1.34.9',
    ],
    [
      'while the API server has moved and its kubelet has not',
      MISMATCH,
      [cp('cp1', { staticPods: staticPodsAt(NEW), upgradeRecord: OPEN }), w('w1')],
      'passed: KubeVersionMismatch, because the API server of cp1 is at 1.35.2 and its kubelet at 1.34.9',
    ],
    [
      'while the last node is being watched, since the rule needs a moment to see its version',
      MISMATCH,
      [cp('cp1', DONE), w('w1', { ...DONE, upgradeRecord: aRecord({ ...OPEN, phase: 'soaking' }) })],
      'passed: KubeVersionMismatch, because w1 has just moved to 1.35.2',
    ],
    [
      'while a control-plane node has an open upgrade record and no version has moved',
      MISMATCH,
      [cp('cp1', { upgradeRecord: OPEN }), w('w1')],
      'passed: KubeVersionMismatch, because cp1 is at 1.34.9 and the upgrade to 1.35.2 is not finished',
    ],
    ['not while every version is the same', MISMATCH, [cp('cp1'), w('w1')], undefined],
    [
      'not once everything has moved and no upgrade record is open',
      MISMATCH,
      [cp('cp1', DONE), w('w1', DONE)],
      undefined,
    ],
    [
      'not for a kubelet of a control-plane node that alone is newer',
      MISMATCH,
      [cp('cp1'), cp('cp2', { kubelet: NEW, staticPods: staticPodsAt(OLD) }), w('w1')],
      undefined,
    ],
    ['not for a worker that alone is newer', MISMATCH, [cp('cp1'), w('w1', DONE)], undefined],
    [
      'not for a worker that is newer than an upgrade that is under way',
      MISMATCH,
      [cp('cp1', DONE), w('w1'), w('w2', { kubelet: v('1.36.0') })],
      undefined,
    ],
    [
      'not for the upgrade record of a worker alone',
      MISMATCH,
      [cp('cp1', DONE), w('w1', { kubelet: v('1.36.0'), upgradeRecord: aRecord({ to: v('1.36.0') }) })],
      undefined,
    ],
    [
      'not while the version of a component is unknown',
      MISMATCH,
      [cp('cp1', DONE), cp('cp2', { staticPods: first ? [first, ...staticPodsAt(undefined).slice(1)] : [] }), w('w1')],
      undefined,
    ],
    [
      'not while an API server cannot be seen',
      MISMATCH,
      [cp('cp1', DONE), cp('cp2', { staticPods: others }), w('w1')],
      undefined,
    ],
    ['not without a control-plane node', MISMATCH, [w('w1'), w('w2', DONE)], undefined],
  ]);
});

describe('an alert about a node passes', () => {
  const nodes = [
    cp('cp1', { ...DONE, internalIp: '10.0.0.1' }),
    w('w1', { upgradeRecord: OPEN, internalIp: '10.0.0.7' }),
    w('w2', { internalIp: '10.0.0.8' }),
  ];
  const said = (name: string): string => `passed: ${name}, because the upgrade of w1 to v1.35.2 is not finished`;
  rows([
    [
      'when it names the node that is being upgraded',
      alert('KubeNodeNotReady', { node: 'w1', instance: '10.9.9.9:8080' }),
      nodes,
      said('KubeNodeNotReady'),
    ],
    [
      'when only its instance is the address of that node',
      alert('KubeletInstanceUnreachable', { instance: '10.0.0.7:10250' }),
      nodes,
      said('KubeletInstanceUnreachable'),
    ],
    ['not when it names another node', alert('KubeNodeUnreachable', { node: 'w2' }), nodes, undefined],
    [
      'not when another node is named by an exporter on the node that is being upgraded',
      alert('KubeNodeNotReady', { node: 'w2', instance: '10.0.0.7:8080' }),
      nodes,
      undefined,
    ],
    ['not when it names no node', alert('KubeNodeNotReady'), nodes, undefined],
    [
      'not when the name of the node is only a part of what it names',
      alert('KubeNodeNotReady', { node: 'w1.example.com' }),
      nodes,
      undefined,
    ],
    [
      'not when it is about an API server on a worker',
      alert('KubeAPIInstanceUnreachable', { instance: '10.0.0.7:6443' }),
      nodes,
      undefined,
    ],
    [
      'when it is about an API server on the control-plane node that is being upgraded',
      alert('KubeAPIInstanceUnreachable', { instance: '10.0.0.1:6443' }),
      [cp('cp1', { internalIp: '10.0.0.1', upgradeRecord: OPEN })],
      'passed: KubeAPIInstanceUnreachable, because the upgrade of cp1 to v1.35.2 is not finished',
    ],
    [
      'not when a team made it a gate',
      alert('KubeNodeNotReady', { node: 'w1', upgrade_gate: 'true' }),
      nodes,
      undefined,
    ],
    ['not when it is another alert about that node', alert('NodeClockSkewDetected', { node: 'w1' }), nodes, undefined],
  ]);
});

describe('an alert about the whole cluster', () => {
  const nodes = [cp('cp1', { ...DONE, upgradeRecord: OPEN })];

  it('passes for an aggregated API only while the node that was drained is being watched', () => {
    const down = alert('KubeAggregatedAPIDown', { name: 'v1beta1.metrics.k8s.io' });
    const because = 'passed: KubeAggregatedAPIDown, because cp1 was drained for this upgrade';
    expect(passed(down, nodes, { watched: 'cp1' })).to.equal(because);
    expect(passed(down, nodes, { watched: 'w9' })).to.equal(undefined);
    expect(passed(down, [cp('cp1')], { watched: 'cp1' })).to.equal(undefined);
    expect(passed(down, nodes)).to.equal(undefined);
  });

  for (const name of ['TargetDown', 'KubeAPIDown', 'KubeletDown', 'KubeAPIErrorBudgetBurn', 'etcdMembersDown'])
    it(`counts when it is ${name}, which a restart does not explain`, () => {
      expect(passed(alert(name, { node: 'cp1' }), nodes, { watched: 'cp1' })).to.equal(undefined);
    });
});

describe('alerts that an upgrade causes', () => {
  it('are known by name, once each, with their source', () => {
    expect(new Set(UPGRADE_ALERTS.map(({ name }) => name)).size).to.equal(UPGRADE_ALERTS.length);
    for (const { source } of UPGRADE_ALERTS)
      expect(source).to.match(/^https:\/\/github\.com\/kubernetes-monitoring\/kubernetes-mixin\/blob\/[0-9a-f]{40}\/./);
  });

  for (const page of ['docs/runbook/failed-at-preflight.md', 'clusters/example.yaml'])
    it(`are all named in ${page}`, () => {
      const text = readFileSync(page, 'utf8');
      expect(UPGRADE_ALERTS.filter(({ name }) => !text.includes(name))).to.deep.equal([]);
    });

  it('all count when the nodes cannot be read', () => {
    const alerts = UPGRADE_ALERTS.map(({ name }) => alert(name, { node: 'w1' }));
    expect(splitByWork(alerts, undefined, SCOPE)).to.deep.equal({ counted: alerts, passed: [] });
  });

  it('law: without an open upgrade record and with one version, none passes', () => {
    fc.assert(
      fc.property(anyCluster, (nodes) => {
        const calm = nodes.map((node) => ({
          ...node,
          ...{ kubelet: OLD, upgradeRecord: undefined },
          staticPods: node.controlPlane ? staticPodsAt(OLD) : [],
        }));
        const alerts = UPGRADE_ALERTS.map(({ name }) => alert(name, { node: 'n0' }));
        expect(splitByWork(alerts, { nodes: calm, watched: 'n0' }, SCOPE).passed).to.deep.equal([]);
      }),
    );
  });
});

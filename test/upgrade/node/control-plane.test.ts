import { expect } from 'chai';
import fc from 'fast-check';
import { begunByControlPlane, ignoreForeignUpgradeRecords } from '../../../src/upgrade/node/control-plane.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { nodeStates } from '../../../src/upgrade/node/states.ts';
import {
  aControlPlane,
  aRecord,
  anyCluster,
  anyUpgradeRecord,
  aNode,
  FROM,
  staticPodsAt,
  TO,
  v,
} from '../../support/builders.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';
const FORGED = aRecord({ to: v('1.34.99') });

describe('what the control plane has begun', () => {
  const TABLE: [string, readonly ClusterNode[], ReturnType<typeof begunByControlPlane>][] = [
    ['is the version of its static pods', [aControlPlane('cp1', { staticPods: staticPodsAt(TO) })], TO],
    [
      'is the version that its open upgrade record names',
      [aControlPlane('cp1', { upgradeRecord: aRecord({ to: TO }) })],
      TO,
    ],
    ['is the newest of several', [aControlPlane('cp1'), aControlPlane('cp2', { kubelet: TO })], TO],
    ['is not its kubelet alone', [aControlPlane('cp1', { kubelet: TO, staticPods: staticPodsAt(FROM) })], FROM],
    ['is unknown when no static pod shows a version', [aControlPlane('cp1', { staticPods: [] })], undefined],
    [
      'is not what a worker says',
      [aControlPlane('cp1'), aNode('w1', { kubelet: v('1.35.4'), upgradeRecord: FORGED })],
      FROM,
    ],
  ];
  for (const [promise, nodes, begun] of TABLE)
    it(promise, () => {
      expect(begunByControlPlane(nodes)).to.deep.equal(begun);
    });

  it('law: changes with nothing that a worker writes', () => {
    fc.assert(
      fc.property(anyCluster, anyUpgradeRecord, (nodes, upgradeRecord) => {
        const forged = nodes.map((node) =>
          node.controlPlane ? node : { ...node, upgradeRecord, kubelet: upgradeRecord.to },
        );
        expect(begunByControlPlane(forged)).to.deep.equal(begunByControlPlane(nodes));
      }),
    );
  });
});

describe('a upgrade record that no control-plane node confirms', () => {
  const ignored = { to: v('1.34.99'), annotation: `${PREFIX}ledger` };
  const w1 = aNode('w1', { upgradeRecord: FORGED });

  it('is set aside', () => {
    const nodes = [aControlPlane('cp1', { kubelet: TO }), w1];
    expect(ignoreForeignUpgradeRecords(nodes, PREFIX)[1]).to.deep.equal({
      ...w1,
      upgradeRecord: undefined,
      ignoredUpgradeRecord: ignored,
    });
  });

  it('is reported with the command that removes it', () => {
    const nodes = ignoreForeignUpgradeRecords([aControlPlane('cp1', { kubelet: TO }), w1], PREFIX);
    expect(nodeStates({ nodes })).to.deep.equal([
      'Node w1 carries an upgrade record to v1.34.99, which no control-plane node has begun. The record is ignored. Find out who wrote it, then remove it: kubectl annotate node w1 argo-kubeadm-upgrade.io/ledger-',
    ]);
  });

  for (const [promise, about] of [
    ['its static pods', { staticPods: staticPodsAt(v('1.34.99')) }],
    ['its kubelet', { kubelet: v('1.34.99'), staticPods: staticPodsAt(undefined) }],
    ['its own open upgrade record', { upgradeRecord: FORGED }],
  ] as const)
    it(`is none when a control-plane node confirms it by ${promise}`, () => {
      const nodes = [aControlPlane('cp1', about), w1];
      expect(ignoreForeignUpgradeRecords(nodes, PREFIX)).to.deep.equal(nodes);
    });

  it('law: what is left of workers is confirmed, and control-plane nodes stay as they are', () => {
    fc.assert(
      fc.property(anyCluster, (nodes) => {
        const left = ignoreForeignUpgradeRecords(nodes, PREFIX);
        expect(left.filter(({ controlPlane }) => controlPlane)).to.deep.equal(
          nodes.filter(({ controlPlane }) => controlPlane),
        );
        expect(ignoreForeignUpgradeRecords(left, PREFIX)).to.deep.equal(left);
      }),
    );
  });
});

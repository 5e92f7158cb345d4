import { expect } from 'chai';
import { decideApi, decideWork, STEADY_SECONDS } from '../../../src/steps/upgrade-node/decide.ts';
import { nodeCommands, type NodeUpgrade } from '../../../src/upgrade/node-commands.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';
import { aControlPlane, aLedger, aNode, FROM, ME, OTHER, staticPodsAt, TO } from '../../support/builders.ts';

const UPGRADE: NodeUpgrade = {
  role: 'worker',
  target: TO,
  repository: 'https://pkgs.k8s.io/core:/stable:',
  sourceFile: '/etc/apt/sources.list.d/kubernetes.list',
  keyringFile: '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
  ignorePreflightErrors: [],
  skipPhases: [],
  packagesTimeoutSeconds: 900,
  kubeadmTimeoutSeconds: 1800,
};
const DRAINED = { unschedulable: true, ledger: aLedger() };

describe('upgrade-node thinks', () => {
  it('of the work on a node that this run has drained, whose ledger says so before it begins', () => {
    const node = aNode('w1', DRAINED);
    expect(decideWork(node, ME.uid, UPGRADE)).to.deep.equal({
      kind: 'act',
      action: { node, ledger: aLedger({ phase: 'upgrading' }), commands: nodeCommands(UPGRADE) },
      because: 'w1: upgrading to v1.34.10.',
    });
  });

  const AGAIN: readonly [string, ClusterNode][] = [
    ['an upgrade that stopped half-way', aNode('w1', { ...DRAINED, ledger: aLedger({ phase: 'upgrading' }) })],
    ['a control-plane node whose kubelet is behind', aControlPlane('c', { ...DRAINED, staticPods: staticPodsAt(TO) })],
    [
      'a control-plane node whose static pods are behind',
      aControlPlane('c', { ...DRAINED, kubelet: TO, staticPods: staticPodsAt(FROM) }),
    ],
    [
      'a control-plane node whose static pods cannot be seen',
      aControlPlane('c', { ...DRAINED, kubelet: TO, staticPods: [] }),
    ],
  ];
  for (const [what, node] of AGAIN)
    it(`does all of it again on ${what}`, () => {
      expect(decideWork(node, ME.uid, UPGRADE).kind).to.equal('act');
    });

  it('has nothing to do on a node that runs the target, drained or not', () => {
    for (const about of [{}, DRAINED])
      expect(decideWork(aNode('w1', { kubelet: TO, ...about }), ME.uid, UPGRADE)).to.include({
        kind: 'done',
        because: 'w1 runs v1.34.10 already.',
      });
  });

  const REFUSED: readonly [string, Partial<ClusterNode>, string][] = [
    ['that nobody has drained', {}, 'it takes pods, it has no ledger'],
    ['that somebody else has cordoned', { unschedulable: true }, 'it is cordoned, it has no ledger'],
    [
      'that another run has drained',
      { ...DRAINED, ledger: aLedger({ run: OTHER.uid }) },
      'it is cordoned, its ledger is of run uid-of-other-run',
    ],
    ['that takes pods again', { ledger: aLedger() }, 'it takes pods, its ledger is of run uid-of-this-run'],
  ];
  for (const [what, about, seen] of REFUSED)
    it(`refuses a node ${what}`, () => {
      expect(decideWork(aNode('w1', about), ME.uid, UPGRADE)).to.deep.equal({
        kind: 'refuse',
        because: `w1 was not drained by this run: ${seen}. Nothing was changed on it. Start a new run.`,
      });
    });
});

describe('upgrade-node waits for the API server', () => {
  const up = (steadySeconds: number) => ({ ready: true, because: '', steadySeconds });
  const down = { ready: false, because: '/readyz answered HTTP 500', steadySeconds: 0 };

  it('for 30 s of answers, which is more than the 16 s after which Argo gives up', () => {
    expect(STEADY_SECONDS).to.equal(30);
    expect(decideApi('control-plane', up(29), 900, 29)).to.deep.equal({
      kind: 'wait',
      seconds: 2,
      because: 'The API server answers; making sure that it stays.',
    });
    expect(decideApi('control-plane', up(30), 900, 30)).to.include({
      kind: 'done',
      because: 'The API server has answered for 30 s.',
    });
  });

  it('with patience while it is away, then refuses', () => {
    expect(decideApi('first-control-plane', down, 900, 899)).to.deep.equal({
      kind: 'wait',
      seconds: 2,
      because: 'The API server is away: /readyz answered HTTP 500',
    });
    expect(decideApi('first-control-plane', down, 900, 900)).to.deep.equal({
      kind: 'refuse',
      because: 'The API server is still away 900 s after kubeadm: /readyz answered HTTP 500',
    });
  });

  it('beyond its patience when it has just come back', () => {
    expect(decideApi('first-control-plane', up(3), 900, 901).kind).to.equal('wait');
  });

  it('not at all after a worker', () => {
    expect(decideApi('worker', down, 900, 9999)).to.include({
      kind: 'done',
      because: 'A worker takes no API server with it.',
    });
  });
});

import { expect } from 'chai';
import type { InventoryInput } from '../../src/steps/inventory/contract.ts';
import { decide as decideDetection } from '../../src/steps/detect/decide.ts';
import { observe as observeDetection } from '../../src/steps/detect/observe.ts';
import type { DetectInput } from '../../src/steps/detect/contract.ts';
import { judgeOtherNodes } from '../../src/steps/doctor/judge-nodes.ts';
import { notRead } from '../../src/steps/exit-handler/message.ts';
import { leftOver } from '../../src/steps/finish/decide.ts';
import { judgeSkew } from '../../src/steps/gate/skew.ts';
import { refused, tryAgain } from '../../src/steps/runtime/step-error.ts';
import { judgedNodes, everyNode } from '../../src/steps/guards/node-readings.ts';
import { decide as decideInventory } from '../../src/steps/inventory/decide.ts';
import { observe as observeInventory } from '../../src/steps/inventory/observe.ts';
import { decide as decideRollback } from '../../src/steps/plan-rollback/decide.ts';
import { observe as observeReset } from '../../src/steps/reset/observe.ts';
import { nodeLines } from '../../src/steps/report/sentences.ts';
import { formatFinding } from '../../src/upgrade/gate/finding.ts';
import type { ExcludedNode, UnreadableNode } from '../../src/upgrade/node/readings.ts';
import { leftOutLines } from '../../src/upgrade/node/states.ts';
import { known } from '../../src/upgrade/reading.ts';
import { aControlPlane, aRecord, aNode, FROM, RUNNERS, staticPodsAt, TO, v } from '../support/builders.ts';
import { failureOf } from '../support/failure.ts';
import { FakeClock } from '../support/fakes/clock.ts';
import { FakeCluster } from '../support/fakes/cluster.ts';
import { FakePackages } from '../support/fakes/packages.ts';
import { FakeRemote } from '../support/fakes/remote.ts';
import { cluster as gateFacts } from './gate/build.ts';

const EDGE: ExcludedNode = { name: 'edge1', because: 'KubeEdge', kubelet: undefined };
const WINDOWS: ExcludedNode = { name: 'win1', because: 'Windows', kubelet: v('1.31.9') };
const GARBAGE: UnreadableNode = { name: 'w9', because: 'it reports the kubelet version "garbage".', leftAlone: true };
const UNLABELLED: UnreadableNode = {
  ...{ name: 'cp2', because: 'it runs static pods of a control plane.', leftAlone: true },
  unlabelled: { addresses: ['10.0.0.9'] },
};
const IN_THE_WAY: UnreadableNode = { name: 'cp2', because: 'its annotation x is no upgrade record.' };
const INPUT: DetectInput = {
  ...{ requestedTarget: undefined, packageSource: 'repository', patchPolicy: 'auto', minorPolicy: 'auto' },
  ...{ skipVersions: [], minimumReleaseAgeDays: 0 },
};
const ORDER: InventoryInput = {
  ...{ target: TO, only: [], scope: 'all-nodes', canaryNames: [], canaryLabels: [] },
  ...{ maxUnavailable: 1, runners: RUNNERS },
};

describe('a node that is left out', () => {
  let cluster = new FakeCluster();
  let said: string[] = [];
  beforeEach(() => {
    cluster = new FakeCluster();
    said = [];
    cluster.addNode('cp1', { controlPlane: true, staticPods: staticPodsAt(FROM) });
    cluster.addNode('w1');
  });
  const detect = () => {
    const packages = new FakePackages().offer('1.34', ['1.34.9', '1.34.10']);
    const quiesced = { held: () => Promise.resolve([]) };
    const log = (line: string) => void said.push(line);
    const world = { cluster, quiesced, remote: new FakeRemote(), packages, clock: new FakeClock(), log };
    const source = { sourceFile: '/x.list', packagesTimeoutSeconds: 1 };
    return observeDetection(world, source, (facts) => decideDetection(facts, INPUT));
  };
  const inventory = async (only: readonly string[] = []) => {
    const { readings } = await observeInventory(cluster, { runUid: 'u', annotationPrefix: 'x.io/' });
    return decideInventory(readings.nodes, { ...ORDER, only }, undefined, readings);
  };

  it('is no version to finish, is in no list of work, and is named', async () => {
    cluster.excluded.push(EDGE, WINDOWS);
    expect(await detect()).to.deep.include({ verdict: 'upgrade', target: TO, running: FROM });
    expect(said).to.include('Left out: edge1 (KubeEdge), win1 (Windows).');
    expect(await inventory()).to.deep.include({ workers: [{ name: 'w1', role: 'worker' }] });
    expect(leftOver({ nodes: [], excludedNodes: [EDGE] }, TO, ['edge1'])).to.deep.equal([]);
  });

  it('is refused by its name where somebody names it', async () => {
    cluster.excluded.push(EDGE);
    const problem = 'Node edge1 is left out (KubeEdge). Do not name it, or change nodes.exclude in the settings.';
    expect(await inventory(['edge1'])).to.deep.include({ problems: [problem] });
    const rollback = { node: 'edge1', requestedTarget: undefined };
    expect(decideRollback(await cluster.nodes(), rollback, { excluded: [EDGE] })).to.deep.equal({
      problems: [problem],
    });
  });

  it('is named by the report and the doctor', () => {
    const readings = { nodes: [], unreadable: [GARBAGE], excluded: [EDGE, WINDOWS] };
    expect(nodeLines(known(readings))).to.deep.equal([
      'Node w9 cannot be read: it reports the kubelet version "garbage".',
      'Left out: edge1 (KubeEdge), win1 (Windows).',
    ]);
    expect(judgeOtherNodes(readings)).to.deep.equal([
      {
        ...{ health: 'missing', check: 'node w9', found: 'it cannot be read' },
        remedy: 'It cannot be upgraded: it reports the kubelet version "garbage".',
      },
      { health: 'well', check: 'nodes', found: 'left out: edge1 (KubeEdge), win1 (Windows)', remedy: '' },
    ]);
    const many = Array.from({ length: 12 }, (_, place) => ({ ...EDGE, name: `e${place}` }));
    expect(leftOutLines(many).join()).to.match(/^Left out: e0 \(KubeEdge\), .*, e9 \(KubeEdge\) and 2 more\.$/);
  });

  const SKEW: readonly [string, string, string, string][] = [
    ['blocks a minor that would leave its kubelet too far behind', '1.34.9', '1.35.2', 'actionable'],
    ['is a warning where a patch does not move its skew', '1.35.1', '1.35.2', 'warning'],
  ];
  for (const [promise, from, to, kind] of SKEW)
    it(`by the skew policy, ${promise}`, () => {
      const apiServers = known([{ node: 'cp-1', version: v(from) }]);
      const facts = { ...gateFacts(from, { apiServers }), excluded: [EDGE, WINDOWS] };
      expect(judgeSkew(facts, v(to)).map(formatFinding)).to.deep.equal([
        `[${kind}: skew-kubelet] kubelet on win1, which is left out (Windows): found kubelet v1.31.9, 4 minors behind an API server at v1.35.2; needed a kubelet v1.31.9 at most 3 minors behind. Upgrade this kubelet first, one minor at a time. See https://kubernetes.io/releases/version-skew-policy/`,
      ]);
    });

  it('is given back by a reset when an earlier run has begun it, and every look says so', async () => {
    const node = aNode('w2', { unschedulable: true, upgradeRecord: aRecord() });
    cluster.addNode('w2', node);
    cluster.excluded.push({ name: 'w2', because: 'by name', kubelet: FROM, node });
    const remote = new FakeRemote().whenScript('See what is at work', { stdout: 'looked\n' });
    const facts = await observeReset({ cluster, quiesced: { held: () => Promise.resolve([]) }, remote }, 'x.io/');
    expect(facts.begun.map((each) => each.node.name)).to.deep.equal(['w2']);
    expect(leftOutLines(cluster.excluded)).to.deep.equal([
      'Left out: w2 (by name).',
      'Node w2: cordoned by this pipeline, draining from 1.34.9 to 1.34.10. w2 is left out, so no run resumes it. To remove its upgrade record and lift the cordon: argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade-reset',
    ]);
  });
});

describe('a worker whose kubelet version is no release', () => {
  const readings = { nodes: [aControlPlane('cp1'), aNode('w1')], unreadable: [GARBAGE], excluded: [] };
  const cluster = { nodeReadings: () => Promise.resolve(readings) };

  it('ends no step that works on others, and keeps nobody from calling them upgraded', async () => {
    expect(await judgedNodes(cluster)).to.equal(readings);
    const done = { nodes: [aNode('w1', { kubelet: TO })], unreadableNodes: [GARBAGE] };
    expect([leftOver(done, TO, []), notRead(done, [])]).to.deep.equal([[], []]);
    expect(leftOver({ ...done, unreadableNodes: [IN_THE_WAY] }, TO, [])).to.deep.equal(['cp2 (cannot be read)']);
  });

  it('ends a rotation of keys, which must reach every node', async () => {
    expect(await failureOf(everyNode(cluster, () => undefined))).to.include({
      ...{ exitCode: 77, message: 'Node w9 cannot be read: it reports the kubelet version "garbage".' },
    });
  });

  it('blocks a minor, and is a warning of a patch', () => {
    const told = (from: string, to: string) => {
      const apiServers = known([{ node: 'cp-1', version: v(from) }]);
      return judgeSkew({ ...gateFacts(from, { apiServers }), unreadable: [GARBAGE] }, v(to)).map(formatFinding);
    };
    const text = (kind: string, to: string) =>
      `[${kind}: skew-unknown] node w9: found a node that cannot be read; needed a kubelet version, to compare it with ${to}. Node w9 cannot be read: it reports the kubelet version "garbage".`;
    expect(told('1.34.9', '1.35.2')).to.deep.equal([text('unknown', 'v1.35.2')]);
    expect(told('1.34.9', '1.34.10')).to.deep.equal([text('warning', 'v1.34.10')]);
  });

  it('is refused by its sentence where somebody names it', () => {
    const answer = decideInventory(readings.nodes, { ...ORDER, only: ['w9'] }, undefined, readings);
    expect(answer).to.deep.include({
      problems: ['Node w9 cannot be read: it reports the kubelet version "garbage".'],
    });
  });
});

describe('a node with which no step goes on', () => {
  it('is what detection refuses with', () => {
    const facts = { nodes: [aControlPlane('cp1')], unreadable: [GARBAGE, IN_THE_WAY], nowMs: 0, dates: new Map() };
    expect(decideDetection(facts, INPUT)).to.deep.include({
      ...{ verdict: 'refused', target: undefined },
      reason: 'Node cp2 cannot be read: its annotation x is no upgrade record.',
    });
  });
});

describe('a node without the label that shows static pods of a control plane', () => {
  const world = (apiServers: FakeCluster['apiServers'], minor?: string) => {
    const cluster = new FakeCluster();
    cluster.addNode('cp1', { controlPlane: true, staticPods: staticPodsAt(FROM) });
    cluster.addNode('w1');
    cluster.unreadable.push(UNLABELLED);
    cluster.apiServers = apiServers;
    const said: string[] = [];
    const packages = new FakePackages().offer('1.34', minor === undefined ? ['1.34.9', '1.34.10'] : ['1.34.9']);
    if (minor !== undefined) packages.offer('1.35', [minor]);
    const quiesced = { held: () => Promise.resolve([]) };
    const log = (line: string) => void said.push(line);
    const parts = { cluster, quiesced, remote: new FakeRemote(), packages, clock: new FakeClock(), log };
    const source = { sourceFile: '/x.list', packagesTimeoutSeconds: 1 };
    return { cluster, said, detect: () => observeDetection(parts, source, (facts) => decideDetection(facts, INPUT)) };
  };
  const TAKES = 'v1.34.10 is the newest patch of 1.34 that is offered; the cluster runs v1.34.9.';
  const UNKNOWN =
    'The addresses of the API servers could not be read, so nothing shows whether cp2 is a control-plane node: may not get endpointslice default/kubernetes: HTTP 403.';
  const forbidden = () => refused('may not get endpointslice default/kubernetes: HTTP 403');

  it('is refused by detection when it has the address of an API server', async () => {
    const { detect } = world(['10.0.0.1', '10.0.0.9']);
    const { verdict, target, reason } = await detect();
    expect([verdict, target]).to.deep.equal(['refused', undefined]);
    expect(reason.split(' Kubernetes 1.34 gets')[0]).to.equal(
      'Node cp2 cannot be read: it runs static pods of a control plane. Its address 10.0.0.9 is that of an API server ' +
        '(EndpointSlice default/kubernetes), and no node with the label has this address: it is a control-plane node.',
    );
  });

  it('stops no patch when it has no such address, and is named', async () => {
    const { detect, said } = world(['10.0.0.1']);
    const { verdict, target, reason } = await detect();
    expect([verdict, target]).to.deep.equal(['upgrade', TO]);
    expect(reason)
      .to.match(new RegExp(`^${TAKES}`))
      .and.not.include('could not be read');
    expect(said).to.include('Node cp2 cannot be read: it runs static pods of a control plane.');
  });

  it('stops no patch while the addresses cannot be read, and the reason says so', async () => {
    const { verdict, target, reason } = await world(forbidden()).detect();
    expect([verdict, target]).to.deep.equal(['upgrade', TO]);
    expect(reason).to.include(` ${UNKNOWN}`);
  });

  it('stops a minor while the addresses cannot be read, also one that was begun', async () => {
    const { verdict, target, reason } = await world(forbidden(), '1.35.2').detect();
    expect([verdict, target]).to.deep.equal(['refused', undefined]);
    expect(reason).to.include(` A minor upgrade begins only when the control-plane nodes are known. ${UNKNOWN}`);
    expect((await world(['10.0.0.1'], '1.35.2').detect()).verdict).to.equal('upgrade');
  });

  it('is looked at again when the API server is away', async () => {
    expect(await failureOf(world(tryAgain('could not get endpointslice for 20 s')).detect())).to.include({
      exitCode: 75,
    });
  });

  it('costs no question when there is none', async () => {
    const { cluster, detect } = world(forbidden());
    cluster.unreadable.length = 0;
    expect((await detect()).reason).to.not.include('could not be read');
  });

  it('is in no list of work, and keeps nobody from calling the others upgraded', async () => {
    const { cluster } = world([]);
    const { readings } = await observeInventory(cluster, { runUid: 'u', annotationPrefix: 'x.io/' });
    expect(decideInventory(readings.nodes, ORDER, undefined, readings)).to.deep.include({
      ...{
        singleControlPlanes: [{ name: 'cp1', role: 'first-control-plane' }],
        workers: [{ name: 'w1', role: 'worker' }],
      },
    });
    const done = { nodes: [aNode('w1', { kubelet: TO })], unreadableNodes: [UNLABELLED] };
    expect([leftOver(done, TO, []), notRead(done, [])]).to.deep.equal([[], []]);
  });

  it('blocks a minor, and is a warning of a patch', () => {
    const told = (from: string, to: string) => {
      const apiServers = known([{ node: 'cp-1', version: v(from) }]);
      return judgeSkew({ ...gateFacts(from, { apiServers }), unreadable: [UNLABELLED] }, v(to)).map(
        (each) => each.class,
      );
    };
    expect(told('1.34.9', '1.35.2')).to.deep.equal(['unknown']);
    expect(told('1.34.9', '1.34.10')).to.deep.equal(['warning']);
  });
});

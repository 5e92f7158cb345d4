import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../../src/steps/detect/decide.ts';
import { observe } from '../../../src/steps/detect/observe.ts';
import { apiServers, oldestPart } from '../../../src/steps/detect/skew.ts';
import type { DetectInput } from '../../../src/steps/detect/contract.ts';
import type { DetectFacts, Detection, Offer } from '../../../src/steps/detect/detection.ts';
import { StepError } from '../../../src/steps/runtime/step-error.ts';
import { begunByControlPlane, ignoreForeignUpgradeRecords } from '../../../src/upgrade/node/control-plane.ts';
import {
  compareKubeVersions,
  formatKubeVersion,
  isNewer,
  type KubeVersion,
} from '../../../src/upgrade/kubernetes/kube-version.ts';
import { needsUpgrade } from '../../../src/upgrade/node/order.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { knownBad } from '../../../src/upgrade/kubernetes/releases.ts';
import { judgeHop } from '../../../src/upgrade/kubernetes/version-skew.ts';
import { anyCluster, v } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeCluster } from '../../support/fakes/cluster.ts';
import { FakePackages } from '../../support/fakes/packages.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';
import { runs } from '../../support/long.ts';

const NOW = Date.UTC(2026, 5, 1);
const VERSIONS = [
  '1.33.9',
  '1.33.10',
  '1.33.11',
  '1.34.0',
  '1.34.9',
  '1.34.10',
  '1.34.11',
  '1.35.0',
  '1.35.1',
  '1.36.0',
];

const anyOffer = fc.subarray(VERSIONS).map((texts): Offer => ({
  by: 'somebody',
  releases: texts.map((text) => ({ version: v(text) })),
}));
const anyInput: fc.Arbitrary<DetectInput> = fc.record({
  requestedTarget: fc.option(fc.constantFrom(...VERSIONS).map(v), { nil: undefined, freq: 2 }),
  packageSource: fc.constantFrom('node', 'repository'),
  patchPolicy: fc.constantFrom('auto', 'off'),
  minorPolicy: fc.constantFrom('auto', 'approve', 'off'),
  skipVersions: fc.subarray(VERSIONS),
  minimumReleaseAgeDays: fc.constantFrom(0, 7),
});

/** In one piece, half done, or any state that there could be. */
const inOnePiece = fc.constantFrom('1.33.10', '1.34.9', '1.34.10').map((text) => [
  { name: 'cp1', controlPlane: true, at: v(text) },
  { name: 'w1', controlPlane: false, at: v(text) },
]);
const anyNodes: fc.Arbitrary<readonly ClusterNode[]> = fc.oneof(
  anyCluster,
  inOnePiece.map((nodes) => nodes.map(({ name, controlPlane, at }) => aNodeAt(name, controlPlane, at))),
);
const anyFacts: fc.Arbitrary<DetectFacts> = fc.record({
  nodes: anyNodes,
  nowMs: fc.constant(NOW),
  onNode: anyOffer,
  inRepository: anyOffer,
  nextMinor: anyOffer,
  dates: fc
    .dictionary(fc.constantFrom(...VERSIONS), fc.option(fc.constantFrom(0, NOW), { nil: undefined }))
    .map((days) => new Map(VERSIONS.map((version) => [version, days[version]]))),
});

function aNodeAt(name: string, controlPlane: boolean, at: KubeVersion): ClusterNode {
  const about = { kubelet: at, controlPlane, createdAtMs: 1 };
  const staticPods = (['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const).map((component) => ({
    component,
    version: at,
    ready: true,
  }));
  return new FakeCluster().addNode(name, { ...about, staticPods: controlPlane ? staticPods : [] });
}

const detection = (facts: DetectFacts, input: DetectInput): Detection | undefined => {
  const answer = decide(facts, input);
  return 'verdict' in answer ? answer : undefined;
};

describe('detect, whatever the cluster, the offers and the policy', () => {
  it('chooses a target that is one hop away, for every part of the cluster, and leaves something to do', () => {
    fc.assert(
      fc.property(anyFacts, anyInput, (facts, input) => {
        const { verdict, target, kind } = detection(facts, input) ?? {};
        expect(target === undefined).to.equal(verdict !== 'upgrade' && verdict !== 'held');
        if (target === undefined) return;
        const parts = [...facts.nodes.map(({ kubelet }) => kubelet), ...apiServers(facts.nodes)];
        const oldestPart = [...parts].sort(compareKubeVersions)[0] ?? target;
        expect(judgeHop(oldestPart, target)).to.deep.equal({ allowed: true, kind });
        expect(facts.nodes.some((node) => needsUpgrade(node, target))).to.equal(true);
        const controlPlanes = facts.nodes.filter((node) => node.controlPlane);
        expect(controlPlanes.some(({ kubelet }) => isNewer(kubelet, target))).to.equal(false);
      }),
      runs(1000),
    );
  });

  it('chooses nothing that is not newer than what runs, unless it finishes what was begun', () => {
    fc.assert(
      fc.property(anyFacts, anyInput, (facts, input) => {
        const { target, reason = '' } = detection(facts, input) ?? {};
        const running = oldestPart(facts.nodes);
        if (target === undefined || running === undefined || reason.includes('was begun')) return;
        // A target that was asked for may be the running version, where only static pods are behind.
        expect(isNewer(target, running) || input.requestedTarget !== undefined).to.equal(true);
      }),
      runs(1000),
    );
  });

  it('never chooses a version that is skipped or known to be bad, not even by hand', () => {
    fc.assert(
      fc.property(anyFacts, anyInput, (facts, input) => {
        const target = detection(facts, input)?.target;
        if (target === undefined) return;
        expect(input.skipVersions).to.not.include(formatKubeVersion(target));
        expect(knownBad(target)).to.equal(undefined);
      }),
      runs(1000),
    );
  });

  it('takes by itself only what the policy allows', () => {
    fc.assert(
      fc.property(anyFacts, anyInput, (facts, input) => {
        const { verdict, kind, target, reason = '' } = detection(facts, input) ?? {};
        if (target === undefined || input.requestedTarget !== undefined || reason.includes('was begun')) return;
        if (kind === 'patch') expect(input.patchPolicy).to.equal('auto');
        if (verdict === 'held') expect([kind, input.minorPolicy]).to.deep.equal(['minor', 'approve']);
        if (verdict === 'upgrade' && kind === 'minor' && !sameMinorRuns(facts, target))
          expect(input.minorPolicy).to.equal('auto');
        if (input.minimumReleaseAgeDays > 0) expect(facts.dates.get(formatKubeVersion(target))).to.equal(0);
      }),
      runs(1000),
    );
  });

  it('says the same whatever the order of nodes, offers and versions to skip', () => {
    const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
    const offerAgain = (offer: Offer | undefined) =>
      shuffled(offer?.releases ?? []).map((releases) => ({ by: 'somebody', releases }));
    const twice = fc.tuple(anyFacts, anyInput).chain(([facts, input]) =>
      fc.tuple(
        fc.constant([facts, input] as const),
        fc.record({
          nodes: shuffled(facts.nodes),
          nowMs: fc.constant(NOW),
          dates: fc.constant(facts.dates),
          onNode: offerAgain(facts.onNode),
          inRepository: offerAgain(facts.inRepository),
          nextMinor: offerAgain(facts.nextMinor),
        }),
        shuffled(input.skipVersions),
      ),
    );
    fc.assert(
      fc.property(twice, ([[facts, input], again, skipVersions]) => {
        expect(decide(again, { ...input, skipVersions })).to.deep.equal(decide(facts, input));
      }),
      runs(500),
    );
  });

  it('takes the oldest kubelet of all for what runs, and passes over no open upgrade record that a control-plane node confirms', () => {
    fc.assert(
      fc.property(anyFacts, anyInput, (facts, input) => {
        const found = detection(facts, input);
        if (found === undefined) return;
        expect(facts.nodes.some(({ kubelet }) => isNewer(found.running, kubelet))).to.equal(false);
        const confirmed = ignoreForeignUpgradeRecords(facts.nodes, '');
        if (begunByControlPlane(confirmed) === undefined) return;
        const open = confirmed.some(({ upgradeRecord }) => upgradeRecord !== undefined);
        expect(open && (found.verdict === 'none' || found.verdict === 'held')).to.equal(false);
      }),
    );
  });
});

const sameMinorRuns = ({ nodes }: DetectFacts, target: KubeVersion): boolean => {
  const oldest = [...nodes.map(({ kubelet }) => kubelet)].sort(compareKubeVersions)[0];
  return oldest?.minor === target.minor;
};

describe('detect, whichever question is not answered', () => {
  /** Fails from its n-th question on. */
  class BreakingPackages extends FakePackages {
    readonly #good: number;
    constructor(good: number) {
      super();
      this.#good = good;
    }
    #next(): void {
      this.down = this.asked.length >= this.#good;
    }
    override async has(minor: string): Promise<boolean> {
      this.#next();
      return super.has(minor);
    }
    override async kubeadm(minor: string) {
      this.#next();
      return super.kubeadm(minor);
    }
    override async publishedAtMs(minor: string, file: string) {
      this.#next();
      return super.publishedAtMs(minor, file);
    }
  }

  it('never says that there is nothing new: it asks again later, or needed no answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyInput,
        fc.nat(4),
        fc.boolean(),
        fc.subarray(VERSIONS),
        async (input, good, aptWorks, offered) => {
          const packages = new BreakingPackages(good);
          for (const version of offered) packages.offer(version.slice(0, 4), [version], NOW);
          const cluster = new FakeCluster();
          const cp = aNodeAt('cp1', true, v('1.34.9'));
          cluster.addNode('cp1', cp);
          const stdout = offered.map((version) => `kubeadm | ${version}-1.1 | u`).join('\n');
          const remote = new FakeRemote().whenScript('madison', aptWorks ? { stdout } : 'unreachable');
          const world = {
            cluster,
            quiesced: { held: () => Promise.resolve([]) },
            remote,
            packages,
            clock: new FakeClock(),
            log: () => undefined,
          };
          const source = { sourceFile: '/a.list', packagesTimeoutSeconds: 1 };
          try {
            const { verdict } = await observe(world, source, (facts) => decide(facts, input));
            if (packages.down || (!aptWorks && remote.ran.length > 0)) expect(verdict).to.equal('nobody gets here');
          } catch (error) {
            expect(error).to.be.instanceOf(StepError);
            expect((error as StepError).exitCode).to.equal(75);
          }
        },
      ),
      runs(500),
    );
  });
});

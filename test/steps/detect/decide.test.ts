import { expect } from 'chai';
import fc from 'fast-check';
import { decide, type Detection, type DetectWish } from '../../../src/steps/detect/decide.ts';
import type { DetectFacts } from '../../../src/steps/detect/observe.ts';
import { formatKubeVersion, isNewer } from '../../../src/upgrade/kube-version.ts';
import { isToDo } from '../../../src/upgrade/node-order.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';
import { judgeHop } from '../../../src/upgrade/version-skew.ts';
import {
  aControlPlane,
  aLedger,
  aNode,
  anyCluster,
  anyTarget,
  FROM,
  staticPodsAt,
  TO,
  v,
} from '../../support/builders.ts';

const madisonOf = (...versions: string[]): string =>
  versions
    .map((version) => `   kubeadm | ${version}-1.1 | https://pkgs.k8s.io/core:/stable:/v1.34/deb  Packages`)
    .join('\n');

const factsOf = (nodes: readonly ClusterNode[], ...offered: string[]): DetectFacts => ({
  nodes,
  madison: madisonOf(...offered),
  askedNode: 'cp1',
});

const NIGHTLY: DetectWish = { requestedTarget: undefined, patchPolicy: 'auto', skipVersions: [] };
const asking = (target: string): Partial<DetectWish> => ({ requestedTarget: v(target) });

/** `upgrade to 1.34.10 (patch) from 1.34.9: why` */
function told(facts: DetectFacts, wish: Partial<DetectWish> = {}): string {
  const answer = decide(facts, { ...NIGHTLY, ...wish });
  if ('unreadable' in answer) return `unreadable: ${answer.unreadable}`;
  const { verdict, target, kind, running, reason } = answer;
  const to = target === undefined ? '' : ` to ${formatKubeVersion(target)} (${kind})`;
  if (target === undefined) expect(kind).to.equal('none');
  return `${verdict}${to} from ${formatKubeVersion(running)}: ${reason}`;
}

const cp = (about: Partial<ClusterNode> = {}) => aControlPlane('cp1', about);
const at = (name: string, version: string, about: Partial<ClusterNode> = {}) =>
  aNode(name, { kubelet: v(version), ...about });
const OLD = [cp(), aNode('w1'), aNode('w2')];
const DONE = [cp({ kubelet: TO }), at('w1', '1.34.10')];
const CP_AHEAD = [cp({ kubelet: TO }), at('w1', '1.34.10'), aNode('w2')];
const LEFT_OPEN = [cp(), aNode('w1', { ledger: aLedger(), unschedulable: true }), aNode('w2')];

type Row = readonly [promise: string, facts: DetectFacts, wish: Partial<DetectWish>, expected: string];
const rows = (table: readonly Row[]): void => {
  for (const [promise, facts, wish, expected] of table)
    it(promise, () => {
      expect(told(facts, wish)).to.equal(expected);
    });
};

describe('detect', () => {
  describe('on a cluster that is in one piece', () => {
    const NEWER = 'v1.34.10 is the newest patch of 1.34 that is offered; the cluster runs v1.34.9.';
    rows([
      [
        'takes the newest patch',
        factsOf(OLD, '1.34.9', '1.34.10', '1.34.2'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'compares versions, not texts',
        factsOf(OLD, '1.34.10', '1.34.9'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'takes nothing when nothing is newer',
        factsOf(DONE, '1.34.10', '1.34.9'),
        {},
        'none from 1.34.10: No patch of 1.34 newer than v1.34.10 is offered.',
      ],
      [
        'takes nothing when all that is offered is older',
        factsOf(DONE, '1.34.9'),
        {},
        'none from 1.34.10: No patch of 1.34 newer than v1.34.10 is offered.',
      ],
      [
        'takes no other minor by itself',
        factsOf(OLD, '1.34.9', '1.35.0'),
        {},
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 is offered.',
      ],
      [
        'takes nothing when the policy is off, and says what it leaves',
        factsOf(OLD, '1.34.10'),
        { patchPolicy: 'off' },
        'none from 1.34.9: v1.34.10 is offered; the policy for patches is off.',
      ],
      [
        'takes the newest that is not to be skipped',
        factsOf(OLD, '1.34.10', '1.34.11'),
        { skipVersions: ['1.34.11'] },
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'takes nothing when all that is newer is to be skipped, and says so',
        factsOf(OLD, '1.34.9', '1.34.10'),
        { skipVersions: ['1.34.10'] },
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 is offered but those of policy.skipVersions: 1.34.10.',
      ],
    ]);
  });

  describe('never takes a list that it cannot read for "nothing new"', () => {
    rows([
      [
        'an empty list',
        { ...factsOf(OLD), madison: '' },
        {},
        'unreadable: apt-cache madison kubeadm on cp1 names no version: is its Kubernetes source empty?',
      ],
      [
        'a list of other packages',
        { ...factsOf(OLD), madison: 'kubelet | 1.34.10-1.1 | u' },
        {},
        'unreadable: apt-cache madison kubeadm on cp1 names no version: is its Kubernetes source empty?',
      ],
      [
        'a list of another minor only',
        factsOf(OLD, '1.33.4', '1.33.5'),
        {},
        'unreadable: The package source of cp1 offers no 1.34, which the cluster runs; it offers 1.33.4, 1.33.5.',
      ],
      ['no nodes at all', factsOf([], '1.34.10'), {}, 'unreadable: The API server lists no nodes.'],
    ]);
  });

  describe('finishes what was begun (2026-05-23), before anything newer', () => {
    const because = (names: string, version = 'v1.34.10'): string =>
      `${version} was begun and is not finished on ${names}; it is finished before anything newer is taken.`;
    const finish = (names: string): string => `upgrade to 1.34.10 (patch) from 1.34.9: ${because(names)}`;
    rows([
      [
        'when the first node looks finished and another is not',
        factsOf(CP_AHEAD, '1.34.10', '1.34.11'),
        {},
        finish('w2'),
      ],
      [
        'when only static pods have moved',
        factsOf([cp({ staticPods: staticPodsAt(TO) }), aNode('w1')], '1.34.11'),
        {},
        finish('cp1, w1'),
      ],
      [
        'when only the control-plane kubelet has moved',
        factsOf([cp({ kubelet: TO, staticPods: staticPodsAt(FROM) })], '1.34.11'),
        {},
        'upgrade to 1.34.10 (patch) from 1.34.10: ' + because('cp1'),
      ],
      [
        'when one of several control-plane nodes has moved',
        factsOf([cp({ kubelet: TO }), aControlPlane('cp2'), aNode('w1')], '1.34.11'),
        {},
        finish('cp2, w1'),
      ],
      ['when nothing has moved and a ledger is open', factsOf(LEFT_OPEN, '1.34.11'), {}, finish('cp1, w1, w2')],
      [
        'when everything has moved and a ledger is open',
        factsOf([cp({ kubelet: TO }), at('w1', '1.34.10', { ledger: aLedger({ phase: 'soaking' }) })], '1.34.11'),
        {},
        'upgrade to 1.34.10 (patch) from 1.34.10: ' + because('w1'),
      ],
      [
        'when the ledger is one of another run',
        factsOf([cp(), aNode('w1', { ledger: aLedger({ run: 'another' }) })], '1.34.11'),
        {},
        finish('cp1, w1'),
      ],
      [
        'when the policy is off: that is about new ones',
        factsOf(CP_AHEAD, '1.34.11'),
        { patchPolicy: 'off' },
        finish('w2'),
      ],
      ['when it is asked for by hand', factsOf(CP_AHEAD, '1.34.10'), asking('1.34.10'), finish('w2')],
      [
        'over a minor boundary',
        factsOf([cp({ kubelet: v('1.35.1') }), at('w1', '1.34.9')], '1.35.1', '1.35.2'),
        {},
        `upgrade to 1.35.1 (minor) from 1.34.9: ${because('w1', 'v1.35.1')}`,
      ],
      [
        'but not to where kubeadm cannot go',
        factsOf([cp({ kubelet: v('1.35.1') }), at('w1', '1.33.4')], '1.35.1'),
        {},
        `refused from 1.33.4: ${because('w1', 'v1.35.1')} v1.35.1 is 2 minors ahead of v1.33.4; kubeadm moves at most 1 minor forward at a time. See https://kubernetes.io/releases/version-skew-policy/`,
      ],
      [
        'and nothing else, when another was asked for',
        factsOf(CP_AHEAD, '1.34.11'),
        asking('1.34.11'),
        'refused from 1.34.9: v1.34.10 was begun and is not finished on w2; v1.34.11 was asked for. Finish the first: target=1.34.10.',
      ],
      [
        'and not what must never be a target, which was found to be bad half-way',
        factsOf(CP_AHEAD, '1.34.11'),
        { skipVersions: ['1.34.10'] },
        'refused from 1.34.9: v1.34.10 was begun and is not finished on w2; policy.skipVersions names it, so it goes no further. Take it off that list to have it finished.',
      ],
    ]);
  });

  describe('with workers ahead of the control plane', () => {
    const nodes = [cp(), at('w1', '1.34.10'), at('w2', '1.34.9')];
    rows([
      [
        'takes them for no upgrade that was begun',
        factsOf(nodes, '1.34.9'),
        {},
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 is offered.',
      ],
      [
        'brings the rest to the newest',
        factsOf(nodes, '1.34.10'),
        {},
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 is the newest patch of 1.34 that is offered; the cluster runs v1.34.9.',
      ],
      [
        'has nothing to do for a target that is behind them',
        factsOf(nodes, '1.34.9'),
        asking('1.34.9'),
        'none from 1.34.9: Every node is at v1.34.9 or ahead of it.',
      ],
    ]);
  });

  describe('a target that was asked for', () => {
    rows([
      [
        'is taken when it is one hop away and offered',
        factsOf(OLD, '1.34.9', '1.34.10', '1.34.11'),
        asking('1.34.10'),
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was asked for.',
      ],
      [
        'is taken when the policy is off: somebody decided',
        factsOf(OLD, '1.34.10'),
        { ...asking('1.34.10'), patchPolicy: 'off' },
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was asked for.',
      ],
      [
        'is taken over one minor',
        factsOf(OLD, '1.34.10', '1.35.0'),
        asking('1.35.0'),
        'upgrade to 1.35.0 (minor) from 1.34.9: v1.35.0 was asked for.',
      ],
      [
        'is nothing to do when every node is there',
        factsOf(DONE, '1.34.10'),
        asking('1.34.10'),
        'none from 1.34.10: Every node is at v1.34.10.',
      ],
      [
        'is refused when it is not offered',
        factsOf(OLD, '1.34.9', '1.34.10'),
        asking('1.34.12'),
        'refused from 1.34.9: v1.34.12 is not offered to cp1; offered: 1.34.9, 1.34.10.',
      ],
      [
        'is refused two minors away',
        factsOf(OLD, '1.36.0'),
        asking('1.36.0'),
        'refused from 1.34.9: v1.36.0 is 2 minors ahead of v1.34.9; kubeadm moves at most 1 minor forward at a time. See https://kubernetes.io/releases/version-skew-policy/',
      ],
      [
        'is refused when it is older',
        factsOf(DONE, '1.34.9'),
        asking('1.34.9'),
        'refused from 1.34.10: v1.34.9 is older than the running v1.34.10; kubeadm does not downgrade.',
      ],
      [
        'is refused when it is never to be a target',
        factsOf(OLD, '1.34.10'),
        { ...asking('1.34.10'), skipVersions: ['1.34.10'] },
        'refused from 1.34.9: v1.34.10 was asked for, and policy.skipVersions names it. Take it off that list first.',
      ],
    ]);
  });

  describe('laws', () => {
    const detection = (facts: DetectFacts, wish: DetectWish): Detection | undefined => {
      const answer = decide(facts, wish);
      return 'unreadable' in answer ? undefined : answer;
    };
    const anyWish: fc.Arbitrary<DetectWish> = fc.record({
      requestedTarget: fc.option(anyTarget, { nil: undefined }),
      patchPolicy: fc.constantFrom('auto', 'off'),
      skipVersions: fc.subarray(['1.34.9', '1.34.10', '1.33.11']),
    });
    const anyFacts = fc
      .tuple(anyCluster, fc.uniqueArray(anyTarget.map(formatKubeVersion)))
      .map(([nodes, offered]) => factsOf(nodes, ...offered));

    it('a target is one hop away, never to be skipped, not behind any control plane, and leaves something to do', () => {
      fc.assert(
        fc.property(anyFacts, anyWish, (facts, wish) => {
          const { verdict, target, kind, running } = detection(facts, wish) ?? {};
          expect(target === undefined).to.equal(verdict !== 'upgrade');
          if (target === undefined || running === undefined) return;
          expect(judgeHop(running, target)).to.deep.equal({ allowed: true, kind });
          expect(wish.skipVersions).to.not.include(formatKubeVersion(target));
          const controlPlanes = facts.nodes.filter((node) => node.controlPlane);
          expect(controlPlanes.some(({ kubelet }) => isNewer(kubelet, target))).to.equal(false);
          expect(facts.nodes.some((node) => isToDo(node, target))).to.equal(true);
        }),
      );
    });

    it('running is the oldest kubelet of all', () => {
      fc.assert(
        fc.property(anyFacts, anyWish, (facts, wish) => {
          const running = detection(facts, wish)?.running;
          if (running !== undefined)
            expect(facts.nodes.some(({ kubelet }) => isNewer(running, kubelet))).to.equal(false);
        }),
      );
    });

    it('no open ledger is ever passed over as nothing to do', () => {
      fc.assert(
        fc.property(anyFacts, anyWish, (facts, wish) => {
          const open = facts.nodes.some(({ ledger }) => ledger !== undefined);
          expect(open && detection(facts, wish)?.verdict === 'none').to.equal(false);
        }),
      );
    });
  });
});

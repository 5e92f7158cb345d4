import { expect } from 'chai';
import { decide } from '../../../src/steps/detect/decide.ts';
import type { DetectInput } from '../../../src/steps/detect/contract.ts';
import type { DetectFacts } from '../../../src/steps/detect/detection.ts';
import { ignoreForeignUpgradeRecords } from '../../../src/upgrade/node/control-plane.ts';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import { aControlPlane, aRecord, aNode, FROM, staticPodsAt, TO, v } from '../../support/builders.ts';

/** Kubernetes 1.33 has patches until the 28th. */
const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;

const offer = (by: string, ...versions: string[]) => ({ by, releases: versions.map((text) => ({ version: v(text) })) });
const inRepository = (minor: string, ...versions: string[]) =>
  offer(`https://packages.example.com/v${minor}/deb`, ...versions);

/** The node offers these, and the next minor is not released. */
const factsOf = (nodes: readonly ClusterNode[], ...offered: string[]): DetectFacts => ({
  nodes: ignoreForeignUpgradeRecords(nodes, 'argo-kubeadm-upgrade.io/'),
  nowMs: NOW,
  onNode: offer('the package source of cp1', ...offered),
  nextMinor: inRepository('1.35'),
  dates: new Map(),
});
const withNext = (facts: DetectFacts, ...versions: string[]): DetectFacts => ({
  ...facts,
  nextMinor: inRepository('1.35', ...versions),
});
/** `published({ '1.34.10': 3 })`: so many days ago; undefined: without a date. */
const published = (facts: DetectFacts, days: Readonly<Record<string, number | undefined>>): DetectFacts => ({
  ...facts,
  dates: new Map(Object.entries(days).map(([version, ago]) => [version, ago === undefined ? ago : NOW - ago * DAY])),
});
const without = (facts: DetectFacts, ...names: (keyof DetectFacts)[]): DetectFacts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !names.some((each) => each === name))) as DetectFacts &
    object;

const SCHEDULED: DetectInput = {
  requestedTarget: undefined,
  packageSource: 'node',
  patchPolicy: 'auto',
  minorPolicy: 'auto',
  skipVersions: [],
  minimumReleaseAgeDays: 0,
};
const asking = (target: string): Partial<DetectInput> => ({ requestedTarget: v(target) });

/** `upgrade to 1.34.10 (patch) from 1.34.9: why`, or what has to be asked first. */
function told(facts: DetectFacts, input: Partial<DetectInput> = {}): string {
  const answer = decide(facts, { ...SCHEDULED, ...input });
  if ('unreadable' in answer) return `unreadable: ${answer.unreadable}`;
  if ('ask' in answer) return `asks: ${answer.ask} ${'of' in answer ? formatKubeVersion(answer.of) : ''}`.trim();
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

type Row = readonly [promise: string, facts: DetectFacts, input: Partial<DetectInput>, expected: string];
const rows = (table: readonly Row[]): void => {
  for (const [promise, facts, input, expected] of table)
    it(promise, () => {
      expect(told(facts, input)).to.equal(expected);
    });
};

describe('detect', () => {
  const NEWER = 'v1.34.10 is the newest patch of 1.34 that is offered; the cluster runs v1.34.9.';
  const NO_PATCH = 'No patch of 1.34 newer than v1.34.9 is offered.';
  const BY_HAND = 'argo submit -n k8s-upgrade --from workflowtemplate/k8s-upgrade -p target=';
  const OFF =
    'none from 1.34.9: v1.34.10 is offered; policy.patch is off. 1.35 is not looked for: policy.minor is off.';
  const LOCKED: Partial<DetectInput> = { patchPolicy: 'off', minorPolicy: 'off', minimumReleaseAgeDays: 30 };
  /** What detection says about a kubelet that is newer than its API server at v1.34.9. */
  const newerKubelet = (node: string, version: string): string =>
    ` The kubelet of ${node} is at v${version}, newer than its API server at v1.34.9. Something else upgraded the package kubelet, as happens when it is not held (on ${node}: apt-mark showhold kubelet).`;
  const goBack = (node: string): string =>
    ` Drain ${node}, then go back there (apt-get install -y --allow-downgrades --allow-change-held-packages 'kubelet=1.34.9-*' && apt-mark hold kubelet && systemctl daemon-reload && systemctl restart kubelet)`;
  const goForward = (version: string): string => `, or upgrade the cluster to that version (${BY_HAND}${version})`;
  const puts = (node: string, target: string): string =>
    ` The upgrade to v${target} corrects this. Then hold the package on ${node} (apt-mark hold kubelet).`;

  describe('on a cluster that is in one piece', () => {
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
        'takes 1.10 for the minor after 1.9',
        { ...factsOf([cp({ kubelet: v('1.9.11') })], '1.9.11'), nextMinor: inRepository('1.10', '1.10.0') },
        {},
        'upgrade to 1.10.0 (minor) from 1.9.11: No patch of 1.9 newer than v1.9.11 is offered. v1.10.0 is the newest release of 1.10, the next minor.',
      ],
      [
        'takes nothing when nothing is newer',
        factsOf(DONE, '1.34.10', '1.34.9'),
        {},
        'none from 1.34.10: No patch of 1.34 newer than v1.34.10 is offered. The package repository has no 1.35 yet.',
      ],
      [
        'takes nothing when all that is offered is older',
        factsOf(DONE, '1.34.9'),
        {},
        'none from 1.34.10: No patch of 1.34 newer than v1.34.10 is offered. The package repository has no 1.35 yet.',
      ],
      [
        'does not take the next minor from the list of a node, which may be anything',
        factsOf(OLD, '1.34.9', '1.35.1'),
        {},
        `none from 1.34.9: ${NO_PATCH} The package repository has no 1.35 yet.`,
      ],
      [
        'takes nothing when the policy is off, and says what it leaves',
        factsOf(OLD, '1.34.10'),
        { patchPolicy: 'off' },
        'none from 1.34.9: v1.34.10 is offered; policy.patch is off. The package repository has no 1.35 yet.',
      ],
      [
        'takes the newest that is not to be skipped',
        factsOf(OLD, '1.34.10', '1.34.11'),
        { skipVersions: ['1.34.11'] },
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 is the newest patch of 1.34 that may be taken; the cluster runs v1.34.9. v1.34.11 is on policy.skipVersions.',
      ],
      [
        'takes nothing when all that is newer is to be skipped, and says so',
        factsOf(OLD, '1.34.9', '1.34.10'),
        { skipVersions: ['1.34.10'] },
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 may be taken. v1.34.10 is on policy.skipVersions. The package repository has no 1.35 yet.',
      ],
    ]);
  });

  describe('with the next minor released', () => {
    const next = (...versions: string[]) => withNext(factsOf(OLD, '1.34.9'), ...versions);
    const NEXT = 'v1.35.4 is the newest release of 1.35, the next minor.';
    const BAD =
      'v1.35.0 is never chosen: its kubeadm upgrade is broken; 1.35.1 put it right. See https://github.com/kubernetes/kubeadm/issues/3279';
    rows([
      [
        'goes to its newest patch',
        next('1.35.1', '1.35.4', '1.35.2'),
        {},
        `upgrade to 1.35.4 (minor) from 1.34.9: ${NO_PATCH} ${NEXT}`,
      ],
      [
        'takes a newer patch first',
        withNext(factsOf(OLD, '1.34.10'), '1.35.4'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'does not even ask for it when there is a newer patch',
        without(factsOf(OLD, '1.34.10'), 'nextMinor'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      ['asks for it when there is none', without(factsOf(OLD, '1.34.9'), 'nextMinor'), {}, 'asks: next minor'],
      [
        'does not ask for it when the policy is off',
        without(factsOf(OLD, '1.34.9'), 'nextMinor'),
        { minorPolicy: 'off' },
        `none from 1.34.9: ${NO_PATCH} 1.35 is not looked for: policy.minor is off.`,
      ],
      [
        'holds it when somebody has to approve, and says how',
        next('1.35.4'),
        { minorPolicy: 'approve' },
        `held to 1.35.4 (minor) from 1.34.9: ${NO_PATCH} ${NEXT} policy.minor is approve, so an operator must approve it. To approve: ${BY_HAND}1.35.4`,
      ],
      [
        'takes patches whether or not minors need approval',
        withNext(factsOf(OLD, '1.34.10'), '1.35.4'),
        { minorPolicy: 'approve' },
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'goes there past patches that are not wanted',
        withNext(factsOf(OLD, '1.34.10'), '1.35.4'),
        { patchPolicy: 'off' },
        `upgrade to 1.35.4 (minor) from 1.34.9: v1.34.10 is offered; policy.patch is off. ${NEXT}`,
      ],
      [
        'never goes to a release that is known to be bad',
        next('1.35.0'),
        {},
        `none from 1.34.9: ${NO_PATCH} No release of 1.35 may be taken. ${BAD}`,
      ],
      [
        'goes to a later one than that',
        next('1.35.0', '1.35.1'),
        {},
        `upgrade to 1.35.1 (minor) from 1.34.9: ${NO_PATCH} v1.35.1 is the newest release of 1.35, the next minor.`,
      ],
      [
        'never goes further than one minor, whatever is in its folder',
        next('1.36.0', '1.35.4'),
        {},
        `upgrade to 1.35.4 (minor) from 1.34.9: ${NO_PATCH} ${NEXT}`,
      ],
    ]);
  });

  describe('with a minimum age', () => {
    const input = { minimumReleaseAgeDays: 7 };
    const WAITS = (why: string) =>
      `No patch of 1.34 newer than v1.34.9 may be taken. ${why}; policy.minimumReleaseAgeDays is 7. 1.35 waits for that patch.`;
    const both = withNext(factsOf(OLD, '1.34.10', '1.34.11'), '1.35.4');
    rows([
      ['asks when the newest was published', both, input, 'asks: date 1.34.11'],
      [
        'asks for the one before only when that is too new',
        published(both, { '1.34.11': 3 }),
        input,
        'asks: date 1.34.10',
      ],
      [
        'takes the newest that is old enough',
        published(both, { '1.34.11': 3, '1.34.10': 7 }),
        input,
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 is the newest patch of 1.34 that may be taken; the cluster runs v1.34.9. v1.34.11 was published on 2026-05-29, which is too new; policy.minimumReleaseAgeDays is 7.',
      ],
      [
        'waits for a patch rather than going past it',
        published(withNext(factsOf(OLD, '1.34.10'), '1.35.4'), { '1.34.10': 6.99, '1.35.4': 30 }),
        input,
        `none from 1.34.9: ${WAITS('v1.34.10 was published on 2026-05-25, which is too new')}`,
      ],
      [
        'takes a release without a date for too new, and says so',
        published(factsOf(OLD, '1.34.10'), { '1.34.10': undefined }),
        input,
        `none from 1.34.9: ${WAITS('v1.34.10 has no date in the repository and counts as too new')}`,
      ],
      [
        'takes a release from the future for too new',
        published(factsOf(OLD, '1.34.10'), { '1.34.10': -30 }),
        { ...input, minorPolicy: 'off' },
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 may be taken. v1.34.10 was published on 2026-07-01, which is too new; policy.minimumReleaseAgeDays is 7.',
      ],
      [
        'asks no date of what is out of the question anyway',
        withNext(factsOf(OLD, '1.34.10'), '1.35.0'),
        { ...input, skipVersions: ['1.34.10'] },
        'none from 1.34.9: No patch of 1.34 newer than v1.34.9 may be taken. v1.34.10 is on policy.skipVersions. No release of 1.35 may be taken. v1.35.0 is never chosen: its kubeadm upgrade is broken; 1.35.1 put it right. See https://github.com/kubernetes/kubeadm/issues/3279',
      ],
      [
        'shows nothing for approval that is too new',
        published(withNext(factsOf(OLD, '1.34.9'), '1.35.4'), { '1.35.4': 1 }),
        { ...input, minorPolicy: 'approve' },
        `none from 1.34.9: ${NO_PATCH} No release of 1.35 may be taken. v1.35.4 was published on 2026-05-31, which is too new; policy.minimumReleaseAgeDays is 7.`,
      ],
      [
        'takes at once what was asked for',
        factsOf(OLD, '1.34.10'),
        { ...input, ...asking('1.34.10') },
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was asked for.',
      ],
    ]);
  });

  describe('never takes a list that it cannot read for "nothing new"', () => {
    const elsewhere = factsOf(OLD, '1.33.4', '1.33.5');
    rows([
      [
        'an empty list',
        factsOf(OLD),
        {},
        'unreadable: The package source of cp1 offers no kubeadm package. Check whether its Kubernetes source is empty.',
      ],
      ['a list of another minor only: the repository is asked instead', elsewhere, {}, 'asks: repository'],
      [
        'which then has the say',
        { ...elsewhere, inRepository: inRepository('1.34', '1.34.10') },
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
      [
        'unless it has no release of the running minor either',
        { ...elsewhere, inRepository: inRepository('1.34', '1.33.9') },
        {},
        'unreadable: https://packages.example.com/v1.34/deb offers no 1.34, which the cluster runs; it offers 1.33.9.',
      ],
      [
        'a folder without a release',
        { ...elsewhere, inRepository: inRepository('1.34') },
        {},
        'unreadable: https://packages.example.com/v1.34/deb offers no 1.34, which the cluster runs; it offers no release.',
      ],
      ['no nodes at all', factsOf([], '1.34.10'), {}, 'unreadable: The API server lists no nodes.'],
    ]);
  });

  describe('with the repository as the source', () => {
    const input: Partial<DetectInput> = { packageSource: 'repository' };
    rows([
      ['asks no node', without(factsOf(OLD), 'onNode'), input, 'asks: repository'],
      [
        'takes what it offers',
        { ...factsOf(OLD, '1.34.99'), inRepository: inRepository('1.34', '1.34.10') },
        input,
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`,
      ],
    ]);
  });

  describe('finishes what was begun (2026-05-23), before anything newer', () => {
    const because = (names: string, version = 'v1.34.10'): string =>
      `${version} was begun and is not finished on ${names}. The run finishes this upgrade before it takes a newer version.`;
    const finish = (names: string): string => `upgrade to 1.34.10 (patch) from 1.34.9: ${because(names)}`;
    const SOAKING = [cp({ kubelet: TO }), at('w1', '1.34.10', { upgradeRecord: aRecord({ phase: 'soaking' }) })];
    const HALF_BAD = [cp({ kubelet: v('1.35.0') }), at('w1', '1.34.9')];
    rows([
      [
        'when the first node looks finished and another is not',
        factsOf(CP_AHEAD, '1.34.10', '1.34.11'),
        {},
        finish('w2'),
      ],
      [
        'also a Deployment that an earlier run holds at 0, when no version differs',
        { ...factsOf([cp({ kubelet: TO }), at('w1', '1.34.10')], '1.34.11'), heldDeployments: ['rook/operator'] },
        {},
        'upgrade to 1.34.10 (patch) from 1.34.10: Every node is at v1.34.10. An earlier run left these Deployments at 0 replicas: rook/operator. This run restores them.',
      ],
      [
        'and asks nobody for it: no repository is needed',
        without(factsOf(CP_AHEAD), 'onNode', 'nextMinor'),
        { minimumReleaseAgeDays: 30 },
        finish('w2'),
      ],
      [
        'when only static pods have moved',
        factsOf([cp({ staticPods: staticPodsAt(TO) }), aNode('w1')], '1.34.11'),
        {},
        finish('cp1, w1'),
      ],
      [
        'when one of several control-plane nodes has moved',
        factsOf([cp({ kubelet: TO }), aControlPlane('cp2'), aNode('w1')], '1.34.11'),
        {},
        finish('cp2, w1'),
      ],
      [
        'when one of several control-plane nodes has moved by a minor',
        factsOf([cp({ kubelet: v('1.35.1') }), aControlPlane('cp2'), aNode('w1')], '1.34.11'),
        {},
        `upgrade to 1.35.1 (minor) from 1.34.9: ${because('cp2, w1', 'v1.35.1')}`,
      ],
      [
        'when nothing has moved and a control-plane node has an open upgrade record',
        factsOf([cp({ upgradeRecord: aRecord(), unschedulable: true }), aNode('w1'), aNode('w2')], '1.34.11'),
        {},
        finish('cp1, w1, w2'),
      ],
      [
        'when the upgrade record of the control-plane node is one of another run',
        factsOf([cp({ upgradeRecord: aRecord({ run: 'another' }) }), aNode('w1')], '1.34.11'),
        {},
        finish('cp1, w1'),
      ],
      [
        'when everything has moved, an upgrade record is open, and nothing newer is offered',
        factsOf(SOAKING, '1.34.10'),
        {},
        'upgrade to 1.34.10 (patch) from 1.34.10: ' + because('w1'),
      ],
      [
        'when everything has moved, an upgrade record is open, and the policies take nothing newer',
        withNext(factsOf(SOAKING, '1.34.11'), '1.35.1'),
        { patchPolicy: 'off', minorPolicy: 'approve' },
        'upgrade to 1.34.10 (patch) from 1.34.10: ' + because('w1'),
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
        'over a minor boundary, with some workers there',
        factsOf([cp({ kubelet: v('1.35.1') }), at('w1', '1.35.1'), at('w2', '1.34.9')], '1.35.1', '1.35.2'),
        { minorPolicy: 'off' },
        `upgrade to 1.35.1 (minor) from 1.34.9: ${because('w2', 'v1.35.1')}`,
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
        `refused from 1.34.9: v1.34.10 was begun and is not finished on w2; v1.34.11 was asked for. Finish that upgrade first: ${BY_HAND}1.34.10`,
      ],
      [
        'and not what must never be a target, which was found to be bad half-way',
        factsOf(CP_AHEAD, '1.34.11'),
        { skipVersions: ['1.34.10'] },
        `refused from 1.34.9: v1.34.10 was begun and is not finished on w2 and cannot continue. v1.34.10 is on policy.skipVersions. Take it off that list first. To skip it, request a later patch (${BY_HAND}1.34.Z).`,
      ],
      [
        'and not a release that is known to be bad',
        factsOf(HALF_BAD, '1.34.11'),
        {},
        `refused from 1.34.9: v1.35.0 was begun and is not finished on w1 and cannot continue. v1.35.0 is never chosen: its kubeadm upgrade is broken; 1.35.1 put it right. See https://github.com/kubernetes/kubeadm/issues/3279 Ask for a later patch of 1.35. To skip it, request a later patch (${BY_HAND}1.35.Z).`,
      ],
      [
        'but goes past such a release when somebody says where to',
        withNext(factsOf(HALF_BAD, '1.34.11'), '1.35.0', '1.35.1'),
        asking('1.35.1'),
        'upgrade to 1.35.1 (minor) from 1.34.9: v1.35.1 was asked for.',
      ],
    ]);
  });

  describe('takes no version from what a kubelet writes about its own worker', () => {
    const forged = (to: string, about: Partial<ClusterNode> = {}) =>
      aNode('w1', { upgradeRecord: aRecord({ to: v(to) }), ...about });
    const NEXT = 'v1.35.4 is the newest release of 1.35, the next minor.';
    const takes = `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}`;
    for (const to of ['1.34.10', '1.34.99', '1.35.4', '9.9.9'])
      rows([
        [`not the upgrade record to ${to}, whatever the policy`, factsOf([cp(), forged(to)], '1.34.10'), LOCKED, OFF],
        [
          `and the upgrade record to ${to} keeps no patch from the others`,
          factsOf([cp(), forged(to)], '1.34.10'),
          {},
          takes,
        ],
        [
          `nor a version that was asked for, with an upgrade record to ${to}`,
          factsOf([cp(), forged(to)], '1.34.10'),
          asking('1.34.10'),
          'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was asked for.',
        ],
      ]);
    rows([
      [
        'not the next minor, where somebody has to approve it',
        withNext(factsOf([cp(), forged('1.35.4')], '1.34.9'), '1.35.4'),
        { minorPolicy: 'approve' },
        `held to 1.35.4 (minor) from 1.34.9: ${NO_PATCH} ${NEXT} policy.minor is approve, so an operator must approve it. To approve: ${BY_HAND}1.35.4`,
      ],
      [
        'not the version that runs, when it writes again every night that it is being upgraded to it',
        factsOf([cp(), forged('1.34.9', { unschedulable: true })], '1.34.10'),
        {},
        takes,
      ],
      [
        'not its kubelet, which says that it is newer than the control plane, and suggests it to nobody',
        factsOf([cp(), at('w1', '1.35.4')], '1.34.10'),
        LOCKED,
        `${OFF}${newerKubelet('w1', '1.35.4')}${goBack('w1')}.`,
      ],
    ]);
  });

  describe('takes a control-plane kubelet that alone is newer for no upgrade that was begun', () => {
    const alone = (version: string) => [cp({ kubelet: v(version), staticPods: staticPodsAt(FROM) }), aNode('w1')];
    /** cp1 and w1 at 1.34.9; cp2 with static pods at 1.34.9 and this kubelet. */
    const second = (version: string) => [
      cp(),
      aControlPlane('cp2', { kubelet: v(version), staticPods: staticPodsAt(FROM) }),
      aNode('w1'),
    ];
    const ahead = (node: string, version: string, target: string): string =>
      ` The kubelet of control-plane node ${node} is at v${version}, newer than v${target}, and kubeadm does not downgrade.`;
    const finding = (node: string, version: string): string =>
      `${newerKubelet(node, version)}${goBack(node)}${goForward(version)}.`;
    rows([
      [
        'so that the policy decides',
        factsOf(alone('1.34.10'), '1.34.10'),
        { patchPolicy: 'off', minorPolicy: 'off' },
        `${OFF}${finding('cp1', '1.34.10')}`,
      ],
      [
        'so that policy.minor: off and policy.patch: off hold for a kubelet of the next minor',
        withNext(factsOf(second('1.35.2'), '1.34.10'), '1.35.2'),
        LOCKED,
        `${OFF}${finding('cp2', '1.35.2')}`,
      ],
      [
        'so that policy.minor: approve holds for a kubelet of the next minor',
        withNext(factsOf(second('1.35.2'), '1.34.9'), '1.35.2'),
        { minorPolicy: 'approve' },
        `held to 1.35.2 (minor) from 1.34.9: ${NO_PATCH} v1.35.2 is the newest release of 1.35, the next minor. policy.minor is approve, so an operator must approve it. To approve: ${BY_HAND}1.35.2${newerKubelet('cp2', '1.35.2')}${puts('cp2', '1.35.2')}`,
      ],
      [
        'so that the minimum age holds for a kubelet of a later patch',
        published(factsOf(second('1.34.11'), '1.34.11'), { '1.34.11': 1 }),
        { minimumReleaseAgeDays: 30, minorPolicy: 'off' },
        `none from 1.34.9: No patch of 1.34 newer than v1.34.9 may be taken. v1.34.11 was published on 2026-05-31, which is too new; policy.minimumReleaseAgeDays is 30.${finding('cp2', '1.34.11')}`,
      ],
      [
        'and brings the rest to it when the policy takes that version',
        factsOf(alone('1.34.10'), '1.34.10'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}${newerKubelet('cp1', '1.34.10')}${puts('cp1', '1.34.10')}`,
      ],
      [
        'and refuses an older target by name',
        factsOf(alone('1.35.4'), '1.34.10'),
        {},
        `refused from 1.34.9: ${NEWER}${ahead('cp1', '1.35.4', '1.34.10')}${finding('cp1', '1.35.4')}`,
      ],
      [
        'and does not suggest a version that kubeadm cannot go to',
        factsOf(alone('1.36.1'), '1.34.9'),
        LOCKED,
        `none from 1.34.9: No patch of 1.34 newer than v1.34.9 is offered. 1.35 is not looked for: policy.minor is off.${newerKubelet('cp1', '1.36.1')}${goBack('cp1')}.`,
      ],
      [
        'and does not suggest a version that is known to be bad',
        factsOf(alone('1.35.0'), '1.34.10'),
        LOCKED,
        `${OFF}${newerKubelet('cp1', '1.35.0')}${goBack('cp1')}.`,
      ],
      [
        'and goes to it when somebody asks for it',
        withNext(factsOf(alone('1.35.4'), '1.34.10'), '1.35.4'),
        asking('1.35.4'),
        `upgrade to 1.35.4 (minor) from 1.34.9: v1.35.4 was asked for.${newerKubelet('cp1', '1.35.4')}${puts('cp1', '1.35.4')}`,
      ],
      [
        'also beside an upgrade that really was begun, which waits for it',
        factsOf([cp({ upgradeRecord: aRecord() }), ...second('1.35.2').slice(1)], '1.34.10'),
        {},
        `refused from 1.34.9: v1.34.10 was begun and is not finished on cp1, w1. The run finishes this upgrade before it takes a newer version.${ahead('cp2', '1.35.2', '1.34.10')}${finding('cp2', '1.35.2')}`,
      ],
    ]);
  });

  describe('takes another component that alone is newer or older than its API server for no upgrade that was begun', () => {
    const withScheduler = (version: string, about: Partial<ClusterNode> = {}) =>
      cp({
        staticPods: staticPodsAt(FROM).map((pod) =>
          pod.component === 'kube-scheduler' ? { ...pod, version: v(version) } : pod,
        ),
        ...about,
      });
    const SET = ' Set its image in /etc/kubernetes/manifests/kube-scheduler.yaml on cp1 to v1.34.9.';
    const seen = (version: string, than: string): string =>
      ` kube-scheduler on cp1 is at v${version}, ${than} than its API server at v1.34.9.`;
    rows([
      [
        'newer, with the policy off',
        factsOf([withScheduler('1.35.2'), aNode('w1')], '1.34.10'),
        LOCKED,
        `${OFF}${seen('1.35.2', 'newer')}${SET}`,
      ],
      [
        'newer than the target: kubeadm would downgrade it',
        factsOf([withScheduler('1.35.2'), aNode('w1')], '1.34.10'),
        {},
        `refused from 1.34.9: ${NEWER} The kube-scheduler of control-plane node cp1 is at v1.35.2, newer than v1.34.10, and kubeadm does not downgrade.${seen('1.35.2', 'newer')}${SET}`,
      ],
      [
        'older, while the kubelet is not',
        factsOf([withScheduler('1.34.7'), aNode('w1')], '1.34.10'),
        LOCKED,
        `${OFF}${seen('1.34.7', 'older')}${SET}`,
      ],
      [
        'but an API server that is newer than its kubelet, with older components: kubeadm upgrade apply was cut off',
        factsOf(
          [
            cp({
              staticPods: staticPodsAt(FROM).map((pod) =>
                pod.component === 'kube-apiserver' ? { ...pod, version: TO } : pod,
              ),
            }),
            aNode('w1'),
          ],
          '1.34.11',
        ),
        LOCKED,
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was begun and is not finished on cp1, w1. The run finishes this upgrade before it takes a newer version.',
      ],
    ]);
  });

  describe('takes a version that is unknown for no upgrade that was begun', () => {
    const REMEDY =
      "kubeadm tags its images with the release. Name such a tag in /etc/kubernetes/manifests on each of these nodes; a digest may follow the tag. See the images: kubectl -n kube-system get pods -l tier=control-plane -o 'custom-columns=POD:.metadata.name,IMAGES:.spec.containers[*].image'";
    const showing = (image: string) => staticPodsAt(undefined).map((pod) => ({ ...pod, image }));
    const IMAGE = 'public.ecr.aws/eks-distro/kubernetes/x:v1.34.9-eks-1-34-5';
    const unknown = (node: string, ...components: string[]): string =>
      `The version of a component on ${node} is unknown: ${components.map((each) => `${each} (image "${IMAGE}")`).join(', ')}; expected an image tag such as v1.34.9.`;
    const all = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
    rows([
      [
        "a vendor's tag on every control-plane node",
        factsOf([cp({ staticPods: showing(IMAGE) }), aNode('w1')], '1.34.10'),
        {},
        `refused from 1.34.9: ${unknown('cp1', ...all)} ${REMEDY}`,
      ],
      [
        "a vendor's tag on one of several, whatever was asked for",
        factsOf([cp(), aControlPlane('cp2', { staticPods: showing(IMAGE) }), aNode('w1')], '1.34.10'),
        asking('1.34.10'),
        `refused from 1.34.9: ${unknown('cp2', ...all)} ${REMEDY}`,
      ],
      [
        "a vendor's tag of one component",
        factsOf([cp({ staticPods: [...staticPodsAt(FROM).slice(0, 2), ...showing(IMAGE).slice(2)] })], '1.34.9'),
        LOCKED,
        `refused from 1.34.9: ${unknown('cp1', 'kube-scheduler')} ${REMEDY}`,
      ],
      [
        'a static pod that is missing while the cluster is in one piece: it may be restarting',
        factsOf(
          [cp({ staticPods: staticPodsAt(FROM).slice(0, 2) }), aControlPlane('cp2', { staticPods: [] })],
          '1.34.9',
        ),
        {},
        `none from 1.34.9: ${NO_PATCH} The package repository has no 1.35 yet.`,
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
        `none from 1.34.9: ${NO_PATCH} The package repository has no 1.35 yet.${newerKubelet('w1', '1.34.10')}${goBack('w1')}.`,
      ],
      [
        'brings the rest to the newest',
        factsOf(nodes, '1.34.10'),
        {},
        `upgrade to 1.34.10 (patch) from 1.34.9: ${NEWER}${newerKubelet('w1', '1.34.10')}${puts('w1', '1.34.10')}`,
      ],
      [
        'has nothing to do for a target that is behind them',
        factsOf(nodes, '1.34.9'),
        asking('1.34.9'),
        `none from 1.34.9: Every node is at v1.34.9 or ahead of it.${newerKubelet('w1', '1.34.10')}${goBack('w1')}.`,
      ],
    ]);
  });

  describe('refuses a state from which nothing is possible, with the rule', () => {
    const SEE = 'See https://kubernetes.io/releases/version-skew-policy/';
    const apart = [cp({ kubelet: v('1.35.1') }), aControlPlane('cp2', { kubelet: v('1.33.4') })];
    const farBehind = [cp({ kubelet: v('1.36.1') }), at('w1', '1.32.4')];
    rows([
      [
        'API servers more than one minor apart',
        factsOf(apart, '1.35.1'),
        {},
        `refused from 1.33.4: The API servers: found v1.33.4 beside v1.35.1, 2 minors apart; needed API servers at most 1 minor apart. Bring the oldest forward by hand, one minor at a time. ${SEE}`,
      ],
      [
        'a kubelet more than three minors behind',
        factsOf(farBehind, '1.36.1'),
        {},
        `refused from 1.32.4: Node w1: found kubelet v1.32.4, 4 minors behind an API server at v1.36.1; needed a kubelet v1.32.4 at most 3 minors behind. Upgrade this kubelet first, one minor at a time. ${SEE} Kubernetes 1.32 gets no patches since 2026-02-28; upgrade to the next minor. See https://kubernetes.io/releases/patch-releases/`,
      ],
      [
        'whatever was asked for',
        factsOf(apart, '1.35.1'),
        asking('1.34.10'),
        `refused from 1.33.4: The API servers: found v1.33.4 beside v1.35.1, 2 minors apart; needed API servers at most 1 minor apart. Bring the oldest forward by hand, one minor at a time. ${SEE}`,
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
        'is taken when the policies are off: somebody decided',
        factsOf(OLD, '1.34.10'),
        { ...asking('1.34.10'), patchPolicy: 'off', minorPolicy: 'off' },
        'upgrade to 1.34.10 (patch) from 1.34.9: v1.34.10 was asked for.',
      ],
      [
        'is taken over one minor, past newer patches',
        withNext(factsOf(OLD, '1.34.10'), '1.35.1', '1.35.2'),
        { ...asking('1.35.1'), minorPolicy: 'off' },
        'upgrade to 1.35.1 (minor) from 1.34.9: v1.35.1 was asked for.',
      ],
      [
        'is looked up where its minor is',
        without(factsOf(OLD, '1.35.1'), 'nextMinor'),
        asking('1.35.1'),
        'asks: next minor',
      ],
      [
        'approves what is held',
        withNext(factsOf(OLD, '1.34.9'), '1.35.4'),
        { ...asking('1.35.4'), minorPolicy: 'approve' },
        'upgrade to 1.35.4 (minor) from 1.34.9: v1.35.4 was asked for.',
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
        'refused from 1.34.9: v1.34.12 was asked for and is not offered by the package source of cp1, which offers 1.34.9, 1.34.10.',
      ],
      [
        'is refused when its minor is not released',
        factsOf(OLD, '1.34.9'),
        asking('1.35.1'),
        'refused from 1.34.9: v1.35.1 was asked for and is not offered by https://packages.example.com/v1.35/deb, which offers no release.',
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
        'refused from 1.34.9: v1.34.10 was asked for. v1.34.10 is on policy.skipVersions. Take it off that list first.',
      ],
      [
        'is refused when it is known to be bad',
        withNext(factsOf(OLD, '1.34.9'), '1.35.0'),
        asking('1.35.0'),
        'refused from 1.34.9: v1.35.0 was asked for. v1.35.0 is never chosen: its kubeadm upgrade is broken; 1.35.1 put it right. See https://github.com/kubernetes/kubeadm/issues/3279 Ask for a later patch of 1.35.',
      ],
    ]);
  });

  describe('the end of life of the running minor', () => {
    const on = (day: string): DetectFacts => ({ ...factsOf(OLD, '1.34.9'), nowMs: Date.parse(`${day}T23:59:59Z`) });
    const NOTHING = `none from 1.34.9: ${NO_PATCH} The package repository has no 1.35 yet.`;
    rows([
      ['is not in the reason on its last day', on('2026-10-27'), {}, NOTHING],
      [
        'is in the reason when it is past',
        on('2026-10-28'),
        {},
        `${NOTHING} Kubernetes 1.34 gets no patches since 2026-10-27; upgrade to the next minor. See https://kubernetes.io/releases/patch-releases/`,
      ],
    ]);

    it('is an output of its own, empty where no date is known', () => {
      expect(decide(factsOf(OLD, '1.34.9'), SCHEDULED)).to.have.property('endOfLife', '2026-10-27');
      const nodes = [cp({ kubelet: v('1.37.0') })];
      const facts = { ...factsOf(nodes, '1.37.0'), nextMinor: inRepository('1.38') };
      expect(decide(facts, SCHEDULED)).to.have.property('endOfLife', undefined);
    });
  });
});

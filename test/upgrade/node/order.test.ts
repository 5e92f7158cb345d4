import { expect } from 'chai';
import fc from 'fast-check';
import {
  atTarget,
  atVersion,
  controlPlaneTasks,
  inJoinOrder,
  isAhead,
  needsUpgrade,
  workerTasks,
} from '../../../src/upgrade/node/order.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../../../src/upgrade/node/node.ts';
import {
  aControlPlane,
  aRecord,
  aNode,
  anyCluster,
  anyTarget,
  FROM,
  staticPodsAt,
  TO,
  v,
} from '../../support/builders.ts';

const told = (tasks: readonly { name: string; role: string }[]): string =>
  tasks.map(({ name, role }) => `${name} ${role}`).join(', ');

describe('at target', () => {
  const TABLE: readonly [string, ClusterNode, boolean][] = [
    ['a worker whose kubelet is there', aNode('w', { kubelet: TO }), true],
    ['a worker whose kubelet is behind', aNode('w'), false],
    [
      'a worker whose upgrade record is open',
      aNode('w', { kubelet: TO, upgradeRecord: aRecord({ phase: 'soaking' }) }),
      false,
    ],
    ['a control-plane node that is there as a whole', aControlPlane('c', { kubelet: TO }), true],
    [
      'one whose static pods are behind its kubelet',
      aControlPlane('c', { kubelet: TO, staticPods: staticPodsAt(FROM) }),
      false,
    ],
    ['one whose kubelet is behind its static pods', aControlPlane('c', { staticPods: staticPodsAt(TO) }), false],
    [
      'one whose image tags are no versions',
      aControlPlane('c', { kubelet: TO, staticPods: staticPodsAt(undefined) }),
      false,
    ],
    ['one without static pods', aControlPlane('c', { kubelet: TO, staticPods: [] }), false],
    ...CONTROL_PLANE_COMPONENTS.map((missing): [string, ClusterNode, boolean] => [
      `one without ${missing}`,
      aControlPlane('c', { kubelet: TO, staticPods: staticPodsAt(TO).filter((pod) => pod.component !== missing) }),
      false,
    ]),
  ];
  for (const [what, node, expected] of TABLE)
    it(`${expected ? 'is' : 'is not'} ${what}`, () => {
      expect(atTarget(node, TO)).to.equal(expected);
    });
});

describe('the order of the nodes', () => {
  const cp1 = aControlPlane('cp1', { createdAtMs: 1 });
  const cp2 = aControlPlane('cp2', { createdAtMs: 2 });
  const done = { kubelet: TO };

  const CONTROL_PLANES: readonly [string, ClusterNode[], string][] = [
    [
      'lets the oldest control-plane node apply, the others follow',
      [cp2, cp1],
      'cp1 first-control-plane, cp2 control-plane',
    ],
    [
      'applies by name among nodes of the same age',
      [aControlPlane('b'), aControlPlane('a')],
      'a first-control-plane, b control-plane',
    ],
    ['applies only once', [aControlPlane('cp1', { createdAtMs: 1, ...done }), cp2], 'cp2 control-plane'],
    [
      'applies only once, on whatever node that was',
      [cp1, aControlPlane('cp2', { createdAtMs: 2, ...done })],
      'cp1 control-plane',
    ],
    [
      'applies again where it ended half-way',
      [aControlPlane('cp1', { createdAtMs: 1, staticPods: staticPodsAt(TO) }), cp2],
      'cp1 first-control-plane, cp2 control-plane',
    ],
    [
      'goes back to a node whose upgrade record is open, without applying again',
      [aControlPlane('cp1', { createdAtMs: 1, ...done, upgradeRecord: aRecord() }), cp2],
      'cp1 control-plane, cp2 control-plane',
    ],
    ['lists nothing that is at target', [aControlPlane('cp1', done)], ''],
    ['lists no workers', [aNode('w1')], ''],
  ];
  for (const [promise, nodes, expected] of CONTROL_PLANES)
    it(promise, () => {
      expect(told(controlPlaneTasks(nodes, TO))).to.equal(expected);
    });

  const WORKERS: readonly [string, ClusterNode[], string][] = [
    [
      'takes workers in the order in which they joined',
      [aNode('w1', { createdAtMs: 2 }), aNode('w2', { createdAtMs: 1 })],
      'w2 worker, w1 worker',
    ],
    ['passes over workers at target', [aNode('w1', done), aNode('w2')], 'w2 worker'],
    [
      'takes a worker at target whose upgrade record is open',
      [aNode('w1', { ...done, upgradeRecord: aRecord() })],
      'w1 worker',
    ],
    [
      'never takes a worker back that is ahead',
      [aNode('w1', { kubelet: v('1.34.11') }), aNode('w2', { kubelet: v('1.35.0') })],
      '',
    ],
    ['lists no control-plane nodes', [cp1], ''],
  ];
  for (const [promise, nodes, expected] of WORKERS)
    it(promise, () => {
      expect(told(workerTasks(nodes, TO))).to.equal(expected);
    });

  describe('laws', () => {
    const all = (nodes: readonly ClusterNode[], target = TO) => [
      ...controlPlaneTasks(nodes, target),
      ...workerTasks(nodes, target),
    ];

    it('every node is listed at most once, and exactly when there is something to do on it', () => {
      fc.assert(
        fc.property(anyCluster, anyTarget, (nodes, target) => {
          const names = all(nodes, target).map(({ name }) => name);
          const toDo = nodes.filter((node) => needsUpgrade(node, target)).map(({ name }) => name);
          expect(names).to.have.members(toDo).and.to.have.length(new Set(names).size);
        }),
      );
    });

    it('nothing at target is listed, and nothing ahead without an open upgrade record', () => {
      fc.assert(
        fc.property(anyCluster, anyTarget, (nodes, target) => {
          for (const { name } of all(nodes, target)) {
            const node = nodes.find((each) => each.name === name);
            expect(node && atTarget(node, target)).to.equal(false);
            expect(node && isAhead(node, target) && node.upgradeRecord === undefined).to.equal(false);
          }
        }),
      );
    });

    it('at most one node applies: the first of all, and only when no control-plane node is at version', () => {
      fc.assert(
        fc.property(anyCluster, anyTarget, (nodes, target) => {
          const roles = all(nodes, target).map(({ role }) => role);
          const applied = nodes.some((node) => node.controlPlane && atVersion(node, target));
          const expected = !applied && controlPlaneTasks(nodes, target).length > 0 ? [0] : [];
          expect(roles.flatMap((role, place) => (role === 'first-control-plane' ? [place] : []))).to.deep.equal(
            expected,
          );
        }),
      );
    });

    it('the order does not hang on the order of the list', () => {
      fc.assert(
        fc.property(
          anyCluster.chain((nodes) =>
            fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })),
          ),
          ([nodes, shuffled]) => {
            expect(all(shuffled)).to.deep.equal(all(nodes));
            expect(inJoinOrder(shuffled)).to.deep.equal(inJoinOrder(nodes));
          },
        ),
      );
    });
  });
});

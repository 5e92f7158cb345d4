import { expect } from 'chai';
import fc from 'fast-check';
import { decide, describe as describeInventory } from '../../../src/steps/inventory/decide.ts';
import { isAhead } from '../../../src/upgrade/node-order.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';
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

const POLICY = 'https://kubernetes.io/releases/version-skew-policy/';
const DONE = { kubelet: TO };
const CP = aControlPlane('cp1', { createdAtMs: 1 });
const CP2 = aControlPlane('cp2', { createdAtMs: 2 });
const CP_DONE = aControlPlane('cp1', { createdAtMs: 1, ...DONE });

/** `cp1 first-control-plane | w1, w2`, or every problem in a line of its own. */
function told(nodes: readonly ClusterNode[], only: readonly string[] = []): string {
  const answer = decide(nodes, { target: TO, only, scope: 'all-nodes' });
  if ('problems' in answer) return answer.problems.join('\n');
  const controlPlanes = answer.controlPlanes.map(({ name, role }) => `${name} ${role}`);
  return `${controlPlanes.join(', ')} | ${answer.workers.map(({ name }) => name).join(', ')}`;
}

describe('inventory', () => {
  const LISTS: readonly [string, readonly ClusterNode[], readonly string[], string][] = [
    [
      'lists every node that is behind, from the live cluster',
      [CP, aNode('w1'), aNode('w2')],
      [],
      'cp1 first-control-plane | w1, w2',
    ],
    ['lists nothing when every node is at target', [CP_DONE, aNode('w1', DONE)], [], ' | '],
    ['leaves out what is at target', [CP_DONE, aNode('w1', DONE), aNode('w2')], [], ' | w2'],
    [
      'leaves out a worker that is ahead',
      [CP, aNode('w1'), aNode('w2', { kubelet: v('1.34.11') })],
      [],
      'cp1 first-control-plane | w1',
    ],
    ['lists only the nodes that were named', [CP_DONE, aNode('w1'), aNode('w2')], ['w2'], ' | w2'],
    ['has nothing to do on a named node that is at target', [CP_DONE, aNode('w1', DONE), aNode('w2')], ['w1'], ' | '],
    [
      'lets a named control-plane node follow one that has applied',
      [CP_DONE, CP2, aNode('w1')],
      ['cp2'],
      'cp2 control-plane | ',
    ],
    [
      'goes back to a node that an earlier run left, though it is not Ready',
      [CP_DONE, aNode('w1', { ready: false, ledger: aLedger() })],
      [],
      ' | w1',
    ],
    [
      'lets a worker go when only schedulers are behind',
      [
        aControlPlane('cp1', {
          ...DONE,
          staticPods: staticPodsAt(TO).map((pod) =>
            pod.component === 'kube-scheduler' ? { ...pod, version: FROM } : pod,
          ),
        }),
        aNode('w1'),
      ],
      ['w1'],
      ' | w1',
    ],
    [
      'runs worker work on a control plane that it gives back first',
      [
        aControlPlane('cp1', { ...DONE, unschedulable: true, ledger: aLedger({ phase: 'soaking' }) }),
        aNode('w1'),
        aNode('w2'),
      ],
      [],
      'cp1 control-plane | w1, w2',
    ],
  ];
  for (const [promise, nodes, only, expected] of LISTS)
    it(promise, () => {
      expect(told(nodes, only)).to.equal(expected);
    });

  const NO_WORKER =
    'Control-plane nodes are upgraded from a worker, and no worker is Ready and schedulable. Add or uncordon one.';
  const NO_CONTROL_PLANE =
    'Workers are upgraded from a control-plane node, and none is Ready and schedulable. Uncordon one.';
  const PROBLEMS: readonly [string, readonly ClusterNode[], readonly string[], string][] = [
    ['refuses a name that nobody has', [CP_DONE, aNode('w1')], ['w9'], 'There is no node w9; the cluster has cp1, w1.'],
    [
      'refuses a reference that Argo left standing',
      [CP_DONE],
      ['{{workflow.parameters.nodes}}'],
      'There is no node {{workflow.parameters.nodes}}; the cluster has cp1.',
    ],
    [
      'refuses a node without an address',
      [CP_DONE, aNode('w1', { internalIp: undefined })],
      [],
      'Node w1 has no InternalIP; SSH needs one.',
    ],
    [
      'refuses a node that is down',
      [CP_DONE, aNode('w1', { ready: false })],
      [],
      'Node w1 is not Ready. Bring it back, or take it out of the cluster.',
    ],
    ['refuses control-plane work that could run nowhere', [CP], [], NO_WORKER],
    ['refuses it when the only worker is down', [CP, aNode('w1', { ...DONE, ready: false })], [], NO_WORKER],
    ['refuses it when the only worker is cordoned', [CP, aNode('w1', { ...DONE, unschedulable: true })], [], NO_WORKER],
    [
      'refuses it when an earlier run left the only worker cordoned: its turn comes later',
      [CP, aNode('w1', { unschedulable: true, ledger: aLedger() })],
      [],
      NO_WORKER,
    ],
    [
      'refuses worker work that could run nowhere',
      [aControlPlane('cp1', { ...DONE, unschedulable: true }), aNode('w1')],
      [],
      NO_CONTROL_PLANE,
    ],
    [
      'refuses it when the control plane stays cordoned because it was not named',
      [aControlPlane('cp1', { ...DONE, unschedulable: true, ledger: aLedger({ phase: 'soaking' }) }), aNode('w1')],
      ['w1'],
      NO_CONTROL_PLANE,
    ],
    [
      'refuses to take a worker ahead of its control plane',
      [CP, aNode('w1')],
      ['w1'],
      `w1 cannot go to 1.34.10 yet: the oldest API server is 1.34.9, and a kubelet must not be newer. Upgrade the control plane first. See ${POLICY}`,
    ],
    [
      'refuses a worker while one API server of several is behind',
      [CP_DONE, CP2, aNode('w1')],
      ['w1'],
      `w1 cannot go to 1.34.10 yet: the oldest API server is 1.34.9, and a kubelet must not be newer. Upgrade the control plane first. See ${POLICY}`,
    ],
    [
      'stays closed when it cannot see the version of an API server',
      [aControlPlane('cp1', { ...DONE, staticPods: [] }), aNode('w1')],
      ['w1'],
      'The version of the API server on cp1 cannot be seen, and a kubelet must not be newer. Is its kube-apiserver pod there?',
    ],
    [
      'refuses to let a follower go before kubeadm upgrade apply',
      [CP, CP2, aNode('w1')],
      ['cp2'],
      'cp2 cannot go before cp1: kubeadm upgrade apply runs there first, the others follow. Name cp1 too.',
    ],
    [
      'refuses to take a named node back',
      [CP_DONE, aNode('w1', { kubelet: v('1.34.11') })],
      ['w1'],
      'Node w1 runs v1.34.11, which is newer than v1.34.10; kubeadm does not downgrade. Leave it out, or ask for v1.34.11.',
    ],
    [
      'refuses an upgrade that was begun on a node which is ahead by now',
      [CP_DONE, aNode('w1', { kubelet: v('1.34.11'), ledger: aLedger() })],
      [],
      'Node w1 runs v1.34.11, with a ledger open to 1.34.10, which is newer than v1.34.10; kubeadm does not downgrade. Leave it out, or ask for v1.34.11.',
    ],
    [
      'names every problem at once',
      [CP, aNode('w1', { ready: false, internalIp: undefined })],
      ['cp1', 'w1', 'w9'],
      [
        'There is no node w9; the cluster has cp1, w1.',
        'Node w1 has no InternalIP; SSH needs one.',
        'Node w1 is not Ready. Bring it back, or take it out of the cluster.',
        NO_WORKER,
      ].join('\n'),
    ],
  ];
  for (const [promise, nodes, only, expected] of PROBLEMS)
    it(promise, () => {
      expect(told(nodes, only)).to.equal(expected);
    });

  it('does not take naming nobody for naming everybody where one node is to be done', () => {
    expect(decide([CP_DONE, aNode('w1')], { target: TO, only: [], scope: 'named-nodes' })).to.deep.equal({
      problems: ['No node is named. Say which: -p nodes=<name>'],
    });
  });

  it('says for the log who is done, in which order', () => {
    expect(
      describeInventory({ controlPlanes: [{ name: 'cp1', role: 'first-control-plane' }], workers: [] }, TO),
    ).to.equal('To v1.34.10: control plane cp1; workers none.');
  });

  it('law: nothing is listed that is not named, not there, without an address, or ahead of the target', () => {
    const names = fc.subarray(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n9']);
    fc.assert(
      fc.property(anyCluster, anyTarget, names, (nodes, target, only) => {
        const answer = decide(nodes, { target, only, scope: 'all-nodes' });
        if ('problems' in answer) {
          expect(answer.problems).to.not.be.empty;
          return;
        }
        for (const { name } of [...answer.controlPlanes, ...answer.workers]) {
          const node = nodes.find((each) => each.name === name);
          expect(node?.internalIp).to.be.a('string');
          expect(only.length === 0 || only.includes(name)).to.equal(true);
          expect(node && isAhead(node, target)).to.equal(false);
        }
      }),
    );
  });
});

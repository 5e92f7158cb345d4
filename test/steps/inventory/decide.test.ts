import { expect } from 'chai';
import type { InventoryInput } from '../../../src/steps/inventory/contract.ts';
import fc from 'fast-check';
import { decide, describe as describeInventory, listsOf } from '../../../src/steps/inventory/decide.ts';
import { isAhead } from '../../../src/upgrade/node/order.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';
import {
  aControlPlane,
  aRecord,
  aNode,
  anyCluster,
  anyTarget,
  FROM,
  RUNNERS,
  staticPodsAt,
  TO,
  v,
} from '../../support/builders.ts';

const POLICY = 'https://kubernetes.io/releases/version-skew-policy/';
const DONE = { kubelet: TO };
const CP = aControlPlane('cp1', { createdAtMs: 1 });
const CP2 = aControlPlane('cp2', { createdAtMs: 2 });
const CP_DONE = aControlPlane('cp1', { createdAtMs: 1, ...DONE });

const INPUT: InventoryInput = {
  ...{ target: TO, only: [], scope: 'all-nodes' },
  ...{ canaryNames: [], canaryLabels: [], maxUnavailable: 1, runners: RUNNERS },
};

/** `cp1 first-control-plane | w1, w2`, or every problem in a line of its own. */
function told(nodes: readonly ClusterNode[], only: readonly string[] = []): string {
  const answer = decide(nodes, { ...INPUT, only });
  if ('problems' in answer) return answer.problems.join('\n');
  const controlPlanes = [...answer.controlPlanes, ...answer.singleControlPlanes].map(
    ({ name, role }) => `${name} ${role}`,
  );
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
      [CP_DONE, aNode('w1', { ready: false, upgradeRecord: aRecord() })],
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
        aControlPlane('cp1', { ...DONE, unschedulable: true, upgradeRecord: aRecord({ phase: 'soaking' }) }),
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

  const noWorker = (why: string): string =>
    `The steps that upgrade cp1 run on another node, and none can run them: ${why}. Put one of them right.`;
  const noControlPlane = (why: string): string =>
    `The steps that upgrade w1 run on another node with node-role.kubernetes.io/control-plane=, and none can run them: ${why}. Put one of them right.`;
  const GPU = { key: 'gpu', value: 'true', effect: 'NoSchedule' };
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
      'refuses two nodes with one address, and names both',
      [
        aControlPlane('cp1', { createdAtMs: 1, ...DONE, internalIp: '10.0.0.1' }),
        aNode('w1', { internalIp: '::ffff:10.0.0.1' }),
      ],
      [],
      'Nodes cp1 and w1 report the same InternalIP 10.0.0.1, expected one machine for each Node. Find out which of them has it (ssh 10.0.0.1 hostname), correct the kubelet of the other (--node-ip), or remove its Node: kubectl delete node <name>',
    ],
    [
      'refuses a node whose address is no machine of its own',
      [CP_DONE, aNode('w1', { internalIp: '127.0.0.1' })],
      [],
      'Node w1 reports the InternalIP 127.0.0.1, which is a loopback address, expected one by which only its own machine is reached.',
    ],
    [
      'refuses a node that is down',
      [CP_DONE, aNode('w1', { ready: false })],
      [],
      'Node w1 is not Ready. Bring it back, or take it out of the cluster.',
    ],
    [
      'refuses a cluster of one node, and says what to do',
      [CP],
      [],
      'The steps that upgrade cp1 run on another node, and there is none. Add a worker, or upgrade this cluster by hand.',
    ],
    [
      'refuses control-plane work when no step tolerates the workers, and names each taint',
      [CP, aNode('w1', { taints: [GPU] }), aNode('w2', { taints: [{ key: 'spot', value: '', effect: 'NoExecute' }] })],
      [],
      noWorker(
        'w1: it has the taint gpu=true:NoSchedule, which no step tolerates; w2: it has the taint spot:NoExecute, which no step tolerates',
      ),
    ],
    [
      'refuses workers when the control plane keeps off more than its own taint says',
      [
        aControlPlane('cp1', {
          ...DONE,
          taints: [
            { key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' },
            { key: 'node-role.kubernetes.io/etcd', value: '', effect: 'NoExecute' },
          ],
        }),
        aNode('w1'),
      ],
      [],
      noControlPlane('cp1: it has the taint node-role.kubernetes.io/etcd:NoExecute, which no step tolerates'),
    ],
    [
      'refuses workers of a cluster that shows no control plane',
      [aNode('w1')],
      [],
      'The steps that upgrade w1 run on another node with node-role.kubernetes.io/control-plane=, and there is none. Label one, or change runners.withSshKey.nodeSelector.',
    ],
    [
      'refuses it when the only worker is down',
      [CP, aNode('w1', { ...DONE, ready: false })],
      [],
      noWorker('w1: it is not Ready'),
    ],
    [
      'refuses a control-plane node of several when no other one is Ready: its steps do not run on a worker',
      [CP, aControlPlane('cp2', { createdAtMs: 2, ...DONE, ready: false }), aNode('w1', DONE)],
      ['cp1'],
      'The steps that upgrade cp1 run on another node with node-role.kubernetes.io/control-plane=, and none can run them: cp2: it is not Ready. Put one of them right.',
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
      'begins nothing while the version of a control-plane component is unknown',
      [
        aControlPlane('cp1', {
          ...DONE,
          staticPods: staticPodsAt(undefined).map((pod) => ({ ...pod, image: `x/${pod.component}:v1.34.10_vmware.1` })),
        }),
        aNode('w1'),
      ],
      ['w1'],
      `The version of a component on cp1 is unknown: kube-apiserver (image "x/kube-apiserver:v1.34.10_vmware.1"), kube-controller-manager (image "x/kube-controller-manager:v1.34.10_vmware.1"), kube-scheduler (image "x/kube-scheduler:v1.34.10_vmware.1"); expected an image tag such as v1.34.9. kubeadm tags its images with the release. Name such a tag in /etc/kubernetes/manifests on each of these nodes; a digest may follow the tag. See the images: kubectl -n kube-system get pods -l tier=control-plane -o 'custom-columns=POD:.metadata.name,IMAGES:.spec.containers[*].image'`,
    ],
    [
      'refuses to let a follower go before kubeadm upgrade apply',
      [CP, CP2, aNode('w1')],
      ['cp2'],
      'cp2 cannot be upgraded before cp1, because kubeadm upgrade apply runs there first. Name cp1 too.',
    ],
    [
      'refuses to take a named node back',
      [CP_DONE, aNode('w1', { kubelet: v('1.34.11') })],
      ['w1'],
      'Node w1 runs v1.34.11, which is newer than v1.34.10; kubeadm does not downgrade. Do not name it, or request v1.34.11.',
    ],
    [
      'refuses an upgrade that was begun on a node which is ahead by now',
      [CP_DONE, aNode('w1', { kubelet: v('1.34.11'), upgradeRecord: aRecord() })],
      [],
      'Node w1 runs v1.34.11, with an upgrade record open to 1.34.10, which is newer than v1.34.10; kubeadm does not downgrade. Do not name it, or request v1.34.11.',
    ],
    [
      'names every problem at once',
      [CP, aNode('w1', { ready: false, internalIp: undefined })],
      ['cp1', 'w1', 'w9'],
      [
        'There is no node w9; the cluster has cp1, w1.',
        'Node w1 has no InternalIP; SSH needs one.',
        'Node w1 is not Ready. Bring it back, or take it out of the cluster.',
        noWorker('w1: it is not Ready'),
      ].join('\n'),
    ],
  ];
  for (const [promise, nodes, only, expected] of PROBLEMS)
    it(promise, () => {
      expect(told(nodes, only)).to.equal(expected);
    });

  it('runs on a node whose taints only advise, or say what is known of it otherwise', () => {
    const taints = [
      { key: 'busy', value: '', effect: 'PreferNoSchedule' },
      { key: 'node.kubernetes.io/not-ready', value: '', effect: 'NoExecute' },
    ];
    const tainted = [{ key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' }];
    const nodes = [aControlPlane('cp1', { taints: tainted }), aNode('w1', { taints })];
    expect(told(nodes)).to.equal('cp1 first-control-plane | w1');
  });

  it('runs on a node that is cordoned: a failed run may have left the only one so', () => {
    const cordoned = { unschedulable: true, upgradeRecord: aRecord() };
    expect(told([CP, aNode('w1', { unschedulable: true })])).to.equal('cp1 first-control-plane | w1');
    expect(told([aControlPlane('cp1', { ...DONE, ...cordoned }), aNode('w1')], ['w1'])).to.equal(' | w1');
  });

  it('lists a control-plane node apart that is the only one: its steps run elsewhere', () => {
    const lists = (nodes: readonly ClusterNode[], input: Partial<InventoryInput> = {}): unknown => {
      const answer = decide(nodes, { ...INPUT, ...input });
      if ('problems' in answer) return answer.problems;
      return [answer.controlPlanes, answer.singleControlPlanes].map((tasks) => tasks.map(({ name }) => name));
    };
    const operators = 'node-restriction.kubernetes.io/upgrades';
    const runners = { ...RUNNERS, withSshKey: { ...RUNNERS.withSshKey, nodeSelector: [`${operators}=true`] } };
    const selected = { labels: { [operators]: 'true' } };
    expect(lists([CP, aNode('w1')])).to.deep.equal([[], ['cp1']]);
    expect(lists([CP, CP2, aNode('w1')])).to.deep.equal([['cp1', 'cp2'], []]);
    expect(lists([CP, aNode('w1', selected), aNode('w2', selected)], { runners })).to.deep.equal([['cp1'], []]);
    expect(lists([CP, aNode('w1', selected)], { runners })).to.deep.equal([
      'The steps that upgrade w1 run on another node with node-restriction.kubernetes.io/upgrades=true, and there is none. Label one, or change runners.withSshKey.nodeSelector.',
    ]);
  });

  it('refuses to drain several workers at once where one of them runs the steps', () => {
    const runners = {
      ...RUNNERS,
      withSshKey: { ...RUNNERS.withSshKey, nodeSelector: ['node-role.kubernetes.io/ops='] },
    };
    const ops = { labels: { 'node-role.kubernetes.io/ops': '' } };
    const nodes = [CP_DONE, aNode('w1', ops), aNode('w2', ops), aNode('w3'), aNode('w4')];
    expect(decide(nodes, { ...INPUT, runners, maxUnavailable: 2 })).to.deep.equal({
      problems: [
        'workers.maxUnavailable is 2, and runners.withSshKey selects w1, w2: a drain there would evict the steps of another worker. Name them in workers.canary, which goes one at a time, or set workers.maxUnavailable: 1.',
      ],
    });
    for (const input of [{ maxUnavailable: 1 }, { maxUnavailable: 2, canaryNames: ['w1', 'w2'] }])
      expect(decide(nodes, { ...INPUT, runners, ...input })).to.not.have.property('problems');
  });

  it('names five of the nodes that have one reason in common', () => {
    const workers = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7'].map((name) => aNode(name));
    expect(told([aControlPlane('cp1', { ...DONE, ready: false }), ...workers])).to.equal(
      'The steps that upgrade w1, w2, w3, w4, w5 and 2 more run on another node with node-role.kubernetes.io/control-plane=, and none can run them: cp1: it is not Ready. Put one of them right.',
    );
  });

  describe('with a canary', () => {
    const workers = [aNode('w1'), aNode('w2', { labels: { pool: 'canary' } }), aNode('w3')];
    const split = (nodes: readonly ClusterNode[], input: Partial<InventoryInput>): unknown => {
      const answer = decide(nodes, { ...INPUT, ...input });
      if ('problems' in answer) return answer.problems;
      return [answer.canaries, answer.workers].map((tasks) => tasks.map(({ name }) => name));
    };
    const TABLE: readonly [string, readonly ClusterNode[], Partial<InventoryInput>, unknown][] = [
      ['lists it apart, by its name', workers, { canaryNames: ['w3'] }, [['w3'], ['w1', 'w2']]],
      ['lists it apart, by a label', workers, { canaryLabels: ['pool=canary'] }, [['w2'], ['w1', 'w3']]],
      [
        'lists both, in the order in which they joined',
        workers,
        { canaryNames: ['w3', 'w9'], canaryLabels: ['pool=canary'] },
        [['w2', 'w3'], ['w1']],
      ],
      ['lists none that is done already', [aNode('w1'), aNode('w2', DONE)], { canaryNames: ['w2'] }, [[], ['w1']]],
      [
        'refuses when no worker is one: who asked for it did so to be safe',
        workers,
        { canaryNames: ['w9'], canaryLabels: ['pool=test'] },
        ['No worker matches workers.canary: w9, pool=test. Correct the setting, or remove it.'],
      ],
      [
        'does not take a control-plane node for one',
        workers,
        { canaryNames: ['cp1'] },
        ['No worker matches workers.canary: cp1. Correct the setting, or remove it.'],
      ],
    ];
    for (const [promise, nodes, input, expected] of TABLE)
      it(promise, () => {
        expect(split([CP_DONE, ...nodes], input)).to.deep.equal(expected);
      });
  });

  it('refuses to do every worker at once, but not the only one', () => {
    const two = [CP_DONE, aNode('w1'), aNode('w2')];
    expect(decide(two, { ...INPUT, maxUnavailable: 2 })).to.deep.equal({
      problems: [
        'workers.maxUnavailable is 2, and only 2 workers are Ready and schedulable: none would be left. Lower it.',
      ],
    });
    for (const [nodes, maxUnavailable] of [
      [[...two, aNode('w3', DONE)], 2],
      [two, 1],
      [[CP_DONE, aNode('w1')], 1],
      [[CP_DONE, aNode('w1'), aNode('w2', DONE)], 2],
    ] as const)
      expect(decide(nodes, { ...INPUT, maxUnavailable })).to.not.have.property('problems');
  });

  it('lists workers a second time in batches of workers.maxUnavailable, without the canaries', () => {
    const nodes = [CP, ...['w1', 'w2', 'w3', 'w4'].map((name) => aNode(name))];
    const input = { ...INPUT, maxUnavailable: 2, canaryNames: ['w1'] };
    const answer = decide(nodes, input);
    if ('problems' in answer) throw new Error(answer.problems.join());
    const { allControlPlanes, workerBatches, allWorkers } = listsOf(answer, input);
    expect(allControlPlanes.map(({ name }) => name)).to.deep.equal(['cp1']);
    expect(allWorkers.map(({ name }) => name)).to.deep.equal(['w1', 'w2', 'w3', 'w4']);
    expect(workerBatches).to.deep.equal([['w2', 'w3'], ['w4']]);
  });

  it('lists nothing once the run begins no more nodes, whatever has joined meanwhile', () => {
    const stop = { run: 'r', verdict: 'pause', because: 'b' } as const;
    expect(decide([CP, aNode('w1', { ready: false })], INPUT, stop)).to.deep.equal({
      ...{ controlPlanes: [], singleControlPlanes: [], canaries: [], workers: [] },
    });
  });

  it('does not take naming nobody for naming everybody where one node is to be done', () => {
    expect(decide([CP_DONE, aNode('w1')], { ...INPUT, scope: 'named-nodes' })).to.deep.equal({
      problems: ['No node is named. Name the nodes: -p nodes=<name>'],
    });
  });

  it('says for the log who is done, in which order', () => {
    expect(
      describeInventory(
        {
          controlPlanes: [{ name: 'cp1', role: 'first-control-plane' }],
          ...{ singleControlPlanes: [], canaries: [], workers: [] },
        },
        TO,
      ),
    ).to.equal('To v1.34.10: control plane cp1; workers none.');
  });

  it('law: nothing is listed that is not named, not there, without an address, or ahead of the target', () => {
    const names = fc.subarray(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n9']);
    fc.assert(
      fc.property(anyCluster, anyTarget, names, (nodes, target, only) => {
        const answer = decide(nodes, { ...INPUT, target, only });
        if ('problems' in answer) {
          expect(answer.problems).to.not.be.empty;
          return;
        }
        for (const { name } of [
          ...answer.controlPlanes,
          ...answer.singleControlPlanes,
          ...answer.canaries,
          ...answer.workers,
        ]) {
          const node = nodes.find((each) => each.name === name);
          expect(node?.internalIp).to.be.a('string');
          expect(only.length === 0 || only.includes(name)).to.equal(true);
          expect(node && isAhead(node, target)).to.equal(false);
        }
      }),
    );
  });
});

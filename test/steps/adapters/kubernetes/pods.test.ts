import { expect } from 'chai';
import type { NodePod } from '../../../../src/steps/ports/cluster.ts';
import { ok } from '../../../support/fakes/api-server.ts';
import { asked, list, POD, StandIn } from './stand-in.ts';

describe('kubernetes: pods', () => {
  const api = new StandIn();

  const pod = (about: { metadata?: object; spec?: object; status?: object }): object => ({
    metadata: { namespace: 'shop', name: 'web-1', uid: 'uid-of-web-1', ...about.metadata },
    spec: { containers: [], ...about.spec },
    status: about.status ?? { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const owner = (kind: string, controller = true, apiVersion = 'apps/v1'): object => ({
    ownerReferences: [{ apiVersion, kind, name: 'x', uid: 'x', controller }],
  });
  /** As the DaemonSet controllers of Kubernetes and OpenKruise write it. */
  const pinnedTo = (...nodes: string[]): object => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: nodes.map((each) => ({
          matchExpressions: [{ key: 'zone', operator: 'Unheard', values: ['a'] }],
          matchFields: [{ key: 'metadata.name', operator: 'In', values: [each] }],
        })),
      },
    },
  });
  const CORDON = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }];
  const EVERYTHING = [{ operator: 'Exists' }];
  const hostnames = (values: string[]): object => ({
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }],
      },
    },
  });
  const STAYS = { boundToNode: true, toleratesCordon: true };
  const CASES: readonly [string, object, Partial<NodePod>][] = [
    ['a pod of nobody', pod({}), { controlled: false, madeBy: 'pod shop/web-1' }],
    [
      'a pod of nobody with a generated name',
      pod({ metadata: { generateName: 'web-' } }),
      { controlled: false, madeBy: 'pods shop/web-*' },
    ],
    ['a pod of a ReplicaSet', pod({ metadata: owner('ReplicaSet') }), {}],
    ['a pod of a DaemonSet', pod({ metadata: owner('DaemonSet') }), { daemonSet: true, madeBy: 'DaemonSet shop/x' }],
    [
      'a pod of a DaemonSet of OpenKruise',
      pod({ metadata: owner('DaemonSet', true, 'apps.kruise.io/v1alpha1') }),
      { daemonSet: true, madeBy: 'DaemonSet shop/x' },
    ],
    [
      'a pod that any controller pins to its node in spite of a cordon',
      pod({
        metadata: owner('EdgeAgent', true, 'example.org/v1'),
        spec: { affinity: pinnedTo('w1'), tolerations: CORDON },
      }),
      { ...STAYS, madeBy: 'EdgeAgent shop/x' },
    ],
    [
      'a pod of a BroadcastJob that every term of its affinity pins',
      pod({
        metadata: owner('BroadcastJob', true, 'apps.kruise.io/v1alpha1'),
        spec: { affinity: pinnedTo('w1', 'w1'), tolerations: EVERYTHING },
      }),
      { ...STAYS, madeBy: 'BroadcastJob shop/x' },
    ],
    [
      'a pod that tolerates everything and selects one host name',
      pod({
        metadata: owner('ReplicaSet'),
        spec: { nodeSelector: { 'kubernetes.io/hostname': 'w1' }, tolerations: EVERYTHING },
      }),
      STAYS,
    ],
    [
      'a pod that tolerates everything and asks for one host name',
      pod({ metadata: owner('ReplicaSet'), spec: { affinity: hostnames(['w1']), tolerations: EVERYTHING } }),
      STAYS,
    ],
    [
      'a pod that tolerates everything and may go to another node',
      pod({ metadata: owner('ReplicaSet'), spec: { affinity: hostnames(['w1', 'w2']), tolerations: EVERYTHING } }),
      { toleratesCordon: true },
    ],
    [
      'a pod that two nodes may take',
      pod({ metadata: owner('ReplicaSet'), spec: { affinity: pinnedTo('w1', 'w2'), tolerations: EVERYTHING } }),
      { toleratesCordon: true },
    ],
    [
      'a pod that is pinned and does not tolerate a cordon',
      pod({
        metadata: owner('StatefulSet'),
        spec: { affinity: pinnedTo('w1'), tolerations: [{ ...CORDON[0], effect: 'NoExecute' }] },
      }),
      { madeBy: 'StatefulSet shop/x' },
    ],
    [
      'a pod of nobody that is pinned and tolerates everything',
      pod({ spec: { affinity: pinnedTo('w1'), tolerations: EVERYTHING } }),
      { controlled: false, toleratesCordon: true, madeBy: 'pod shop/web-1' },
    ],
    [
      'a pod that is owned, not controlled',
      pod({ metadata: owner('DaemonSet', false) }),
      { controlled: false, madeBy: 'pod shop/web-1' },
    ],
    [
      'a mirror pod',
      pod({ metadata: { ...owner('Node', true, 'v1'), annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
      { mirror: true, boundToNode: true, madeBy: 'Node shop/x' },
    ],
    [
      'a pod of a Node without the annotation of a mirror',
      pod({ metadata: owner('Node', true, 'v1') }),
      { boundToNode: true, madeBy: 'Node shop/x' },
    ],
    [
      'a pod that ends',
      pod({ metadata: { ...owner('Job'), deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.org/x'] } }),
      { madeBy: 'Job shop/x', terminating: true, dueAtMs: Date.UTC(2026, 0, 1), finalizers: ['example.org/x'] },
    ],
    [
      'a pod with an emptyDir',
      pod({ metadata: owner('Job'), spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
      { madeBy: 'Job shop/x', emptyDir: true },
    ],
    [
      'a pod with claims of its own and of others',
      pod({
        metadata: owner('StatefulSet'),
        spec: {
          volumes: [
            { name: 'data', persistentVolumeClaim: { claimName: 'data-web-1' } },
            { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
          ],
        },
      }),
      { madeBy: 'StatefulSet shop/x', claims: ['data-web-1', 'web-1-scratch'] },
    ],
    [
      'a step of a Workflow',
      pod({
        metadata: {
          ...owner('Workflow', true, 'argoproj.io/v1alpha1'),
          labels: { 'workflows.argoproj.io/workflow': 'nightly-1' },
        },
      }),
      { madeBy: 'Workflow shop/x', workflow: 'nightly-1', labels: { 'workflows.argoproj.io/workflow': 'nightly-1' } },
    ],
    [
      'a pod that waits',
      pod({ metadata: owner('Job'), status: { phase: 'Pending' } }),
      { madeBy: 'Job shop/x', phase: 'Pending', ready: false },
    ],
    [
      'a pod without a phase',
      pod({ metadata: owner('Job'), status: {} }),
      { madeBy: 'Job shop/x', phase: 'Unknown', ready: false },
    ],
  ];
  for (const [name, raw, about] of CASES) {
    it(`show ${name} as it is`, async () => {
      api.server.answers.push(ok(list([raw])));
      expect(await api.kubernetes.cluster.podsOn('w1')).to.deep.equal([{ ...POD, ...about }]);
      expect(asked(api.last())).to.equal('GET /api/v1/pods?fieldSelector=spec.nodeName=w1&limit=500');
    });
  }
});

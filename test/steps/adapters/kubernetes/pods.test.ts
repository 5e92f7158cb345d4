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
  const CASES: readonly [string, object, Partial<NodePod>][] = [
    ['a pod of nobody', pod({}), { controlled: false }],
    ['a pod of a ReplicaSet', pod({ metadata: owner('ReplicaSet') }), {}],
    ['a pod of a DaemonSet', pod({ metadata: owner('DaemonSet') }), { daemonSet: true }],
    ['a pod of another kind of DaemonSet', pod({ metadata: owner('DaemonSet', true, 'apps.kruise.io/v1') }), {}],
    ['a pod that is owned, not controlled', pod({ metadata: owner('DaemonSet', false) }), { controlled: false }],
    [
      'a mirror pod',
      pod({ metadata: { ...owner('Node', true, 'v1'), annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
      { mirror: true },
    ],
    [
      'a pod that ends',
      pod({ metadata: { ...owner('Job'), deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.org/x'] } }),
      { terminating: true, dueAtMs: Date.UTC(2026, 0, 1), finalizers: ['example.org/x'] },
    ],
    [
      'a pod with an emptyDir',
      pod({ metadata: owner('Job'), spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
      { emptyDir: true },
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
      { claims: ['data-web-1', 'web-1-scratch'] },
    ],
    [
      'a step of a Workflow',
      pod({
        metadata: {
          ...owner('Workflow', true, 'argoproj.io/v1alpha1'),
          labels: { 'workflows.argoproj.io/workflow': 'nightly-1' },
        },
      }),
      { workflow: 'nightly-1', labels: { 'workflows.argoproj.io/workflow': 'nightly-1' } },
    ],
    [
      'a pod that waits',
      pod({ metadata: owner('Job'), status: { phase: 'Pending' } }),
      { phase: 'Pending', ready: false },
    ],
    ['a pod without a phase', pod({ metadata: owner('Job'), status: {} }), { phase: 'Unknown', ready: false }],
  ];
  for (const [name, raw, about] of CASES) {
    it(`show ${name} as it is`, async () => {
      api.server.answers.push(ok(list([raw])));
      expect(await api.kubernetes.cluster.podsOn('w1')).to.deep.equal([{ ...POD, ...about }]);
      expect(asked(api.last())).to.equal('GET /api/v1/pods?fieldSelector=spec.nodeName=w1&limit=500');
    });
  }
});

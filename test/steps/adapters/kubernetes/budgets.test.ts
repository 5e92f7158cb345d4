import { expect } from 'chai';
import type { DisruptionBudget } from '../../../../src/upgrade/drain/disruption-budget.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { aVolume } from '../../../support/builders.ts';
import { asked, list, StandIn } from './stand-in.ts';

describe('kubernetes: disruption budgets', () => {
  const api = new StandIn();
  const budget = (name: string, about: { spec?: object; status?: object; generation?: number } = {}): object => ({
    metadata: { namespace: 'shop', name, generation: about.generation ?? 2 },
    spec: { selector: { matchLabels: { app: 'web' } }, ...about.spec },
    status: {
      ...{ observedGeneration: 2, desiredHealthy: 2, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 1 },
      ...about.status,
    },
  });
  const SEEN: DisruptionBudget = {
    ...{ namespace: 'shop', name: 'web', unhealthyPods: 'if-healthy-budget', unsettled: undefined },
    selector: { labels: { app: 'web' }, expressions: [] },
    ...{ desiredHealthy: 2, expectedPods: 3, currentHealthy: 3, disruptionsAllowed: 1 },
  };

  const expression = { key: 'tier', operator: 'In', values: ['a', 'b'] };
  const CASES: readonly [string, object, Partial<DisruptionBudget>][] = [
    ['as they are', budget('web'), {}],
    [
      'with every line of their selectors',
      budget('web', { spec: { selector: { matchExpressions: [expression, { key: 'x', operator: 'Exists' }] } } }),
      { selector: { labels: {}, expressions: [expression as never, { key: 'x', operator: 'Exists', values: [] }] } },
    ],
    [
      'that select everything',
      budget('web', { spec: { selector: {} } }),
      { selector: { labels: {}, expressions: [] } },
    ],
    ['that select nothing', budget('web', { spec: { selector: null } }), { selector: undefined }],
    [
      'that let sick pods go',
      budget('web', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }),
      { unhealthyPods: 'always-allow' },
    ],
    [
      'whose numbers are of an earlier spec',
      budget('web', { generation: 3 }),
      { unsettled: 'its status is of an earlier spec' },
    ],
    [
      'that nobody has counted yet',
      { metadata: { namespace: 'shop', name: 'web', generation: 1 }, spec: { selector: {} } },
      {
        selector: { labels: {}, expressions: [] },
        ...{ desiredHealthy: 0, expectedPods: 0, currentHealthy: 0, disruptionsAllowed: 0 },
        unsettled: 'its status is of an earlier spec',
      },
    ],
    [
      'that cannot be counted',
      budget('web', {
        status: {
          conditions: [
            { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: 'found no controllers' },
          ],
        },
      }),
      { unsettled: 'its controller cannot count its pods: found no controllers' },
    ],
    [
      'that allow nothing for the moment',
      budget('web', {
        status: {
          disruptionsAllowed: 0,
          conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' }],
        },
      }),
      { disruptionsAllowed: 0 },
    ],
  ];
  for (const [name, raw, about] of CASES)
    it(`are seen ${name}`, async () => {
      api.server.answers.push(ok(list([raw])));
      expect(await api.kubernetes.cluster.budgets()).to.deep.equal([{ ...SEEN, ...about }]);
      expect(asked(api.last())).to.equal('GET /apis/policy/v1/poddisruptionbudgets?limit=500');
    });

  it('are read to the last page, in order, and again from the start when a page has expired', async () => {
    const page = ok(list([budget('b')], 'page 2'));
    api.server.answers.push(page, failure(410, 'too old', 'Expired'), page, ok(list([budget('a')])));
    expect((await api.kubernetes.cluster.budgets()).map(({ name }) => name)).to.deep.equal(['a', 'b']);
  });

  it('with a selector that nobody understands are not taken for harmless', async () => {
    const spec = { selector: { matchExpressions: [{ key: 'x', operator: 'Matches' }] } };
    api.server.answers.push(ok(list([budget('web', { spec })])));
    expect((await failureOf(api.kubernetes.cluster.budgets())).message).to.equal(
      'a selector asks for x Matches, expected one of In, NotIn, Exists, DoesNotExist, Gt, Lt',
    );
  });

  it('that may not be seen are named by verb and resource', async () => {
    api.server.answers.push(...Array.from({ length: 10 }, () => failure(403, 'forbidden', 'Forbidden')));
    expect((await failureOf(api.kubernetes.cluster.budgets())).message).to.equal(
      'may not list poddisruptionbudgets.policy: HTTP 403: forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    );
  });
});

describe('kubernetes: attached volumes', () => {
  const api = new StandIn();
  const attachment = (name: string, node: string, source: object): object => ({
    metadata: { name },
    spec: { attacher: 'csi.example.org', nodeName: node, source },
    status: { attached: true },
  });

  it('are those of the node, with the claims that they are bound to', async () => {
    const volume = (name: string, claimRef?: object): object => ({ metadata: { name }, spec: { claimRef } });
    api.server.answers.push(
      ok(
        list([
          attachment('csi-3', 'w1', { inlineVolumeSpec: {} }),
          attachment('csi-1', 'w1', { persistentVolumeName: 'pv-1' }),
          attachment('csi-2', 'w2', { persistentVolumeName: 'pv-2' }),
          attachment('csi-4', 'w1', { persistentVolumeName: 'pv-4' }),
        ]),
      ),
      ok(list([volume('pv-1', { namespace: 'shop', name: 'data' }), volume('pv-4')])),
      ok(list([{ metadata: { name: 'csi.example.org' }, spec: {} }])),
      ok(list([])),
    );
    expect(await api.kubernetes.cluster.attachedVolumes('w1')).to.deep.equal([
      aVolume('csi-3', undefined, { attachment: 'csi-3' }),
      aVolume('pv-1', 'shop/data', { attachment: 'csi-1' }),
      aVolume('pv-4', undefined, { attachment: 'csi-4' }),
    ]);
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /apis/storage.k8s.io/v1/volumeattachments?limit=500',
      'GET /api/v1/persistentvolumes?limit=500',
      'GET /apis/storage.k8s.io/v1/csidrivers?limit=500',
      'GET /apis/storage.k8s.io/v1/csinodes?limit=500',
    ]);
  });

  it('whose PersistentVolume or driver is gone are told from others, with the last error of a driver', async () => {
    const stuck = {
      ...attachment('csi-1', 'w1', { persistentVolumeName: 'pvc-gone' }),
      status: { attached: true, detachError: { message: 'rpc error', time: '2026-01-01T00:00:00Z' } },
    };
    const old = attachment('csi-2', 'w1', { persistentVolumeName: 'pv-2' });
    const driver = (name: string): object => ({ name, nodeID: 'w1', topologyKeys: null });
    const csiNode = (...drivers: string[]): object => ({
      metadata: { name: 'w1' },
      // What the API server sends for a node without a driver.
      spec: { drivers: drivers.length === 0 ? null : drivers.map(driver) },
    });
    const volumes = ok(list([{ metadata: { name: 'pv-2' }, spec: {} }]));
    api.server.answers.push(ok(list([stuck, old])), volumes, ok(list([])), ok(list([csiNode('csi.example.org')])));
    expect(await api.kubernetes.cluster.attachedVolumes('w1')).to.deep.equal([
      aVolume('pv-2', undefined, { attachment: 'csi-2' }),
      aVolume('pvc-gone', undefined, { attachment: 'csi-1', volumeGone: true, detachError: 'rpc error' }),
    ]);
    api.server.answers.push(
      ok(list([old])),
      volumes,
      ok(list([])),
      ok(list([csiNode(), csiNode('other.example.org')])),
    );
    expect(await api.kubernetes.cluster.attachedVolumes('w1')).to.deep.equal([
      aVolume('pv-2', undefined, { attachment: 'csi-2', driverGone: true }),
    ]);
  });

  it('of which there are none cost one question', async () => {
    api.server.answers.push(ok(list([attachment('csi-2', 'w2', { persistentVolumeName: 'pv-2' })])));
    expect(await api.kubernetes.cluster.attachedVolumes('w1')).to.deep.equal([]);
    expect(api.server.requests).to.have.length(1);
  });
});

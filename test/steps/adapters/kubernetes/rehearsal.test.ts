import { expect } from 'chai';
import { failure, ok, type ApiRequest } from '../../../support/fakes/api-server.ts';
import { valueOf } from '../../ports/compatibility.suite.ts';
import { asked, list, PREFIX, StandIn } from './stand-in.ts';

describe('kubernetes: a rehearsal', () => {
  const api = new StandIn();
  const resources = (requests: object): object => ({ name: 'c', resources: { requests } });

  describe('sees the room of a node', () => {
    const node = (about: { spec?: object; annotations?: object; ready?: string }): object => ({
      metadata: { name: 'w1', labels: { zone: 'a' }, annotations: about.annotations },
      spec: about.spec ?? {},
      status: {
        allocatable: { cpu: '3900m', memory: '1Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: about.ready ?? 'True' }],
      },
    });
    const upgradeRecord = (cordonedByUs: boolean): object => ({
      [`${PREFIX}ledger`]: JSON.stringify({ run: 'r', from: '1.34.9', to: '1.34.10', phase: 'soaking', cordonedByUs }),
    });
    const cordoned = {
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
    };
    const CASES: readonly [string, object, object][] = [
      ['as it is', node({}), {}],
      [
        'with its taints',
        node({ spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }),
        { taints: [{ key: 'gpu', value: '', effect: 'NoSchedule' }] },
      ],
      ['that is not Ready', node({ ready: 'Unknown' }), { takesPods: false }],
      ['that somebody has cordoned', node({ spec: cordoned }), { takesPods: false }],
      [
        'that we have cordoned, and that takes pods when its turn is over',
        node({ spec: cordoned, annotations: upgradeRecord(true) }),
        {},
      ],
      [
        'that we have found cordoned',
        node({ spec: cordoned, annotations: upgradeRecord(false) }),
        { takesPods: false },
      ],
      [
        'with an upgrade record that nobody can read',
        node({ spec: cordoned, annotations: { [`${PREFIX}ledger`]: '?' } }),
        { takesPods: false },
      ],
    ];
    for (const [name, raw, about] of CASES)
      it(name, async () => {
        api.server.answers.push(ok(list([raw])));
        expect(valueOf(await api.kubernetes.rehearsal.nodes())).to.deep.equal([
          {
            ...{ name: 'w1', labels: { zone: 'a' }, taints: [], takesPods: true },
            allocatable: { cpu: 3.9, memory: 2 ** 30, pods: 110 },
            ...about,
          },
        ]);
      });
  });

  describe('sees what a pod asks for', () => {
    const CASES: readonly [string, object, object][] = [
      ['nothing', { containers: [{ name: 'c' }] }, { pods: 1 }],
      [
        'its containers together',
        { containers: [resources({ cpu: '100m' }), resources({ cpu: '1', memory: '1Ki' })] },
        { cpu: 1.1, memory: 1024, pods: 1 },
      ],
      [
        'its start, when that is more',
        { initContainers: [resources({ cpu: '2' })], containers: [resources({ cpu: '1' })] },
        { cpu: 2, pods: 1 },
      ],
      [
        'its sidecars beside its containers, and beside its start',
        {
          initContainers: [{ ...resources({ cpu: '1' }), restartPolicy: 'Always' }, resources({ cpu: '3' })],
          containers: [resources({ cpu: '1' })],
        },
        { cpu: 4, pods: 1 },
      ],
      [
        'as a whole, where it says so',
        { resources: { requests: { cpu: '5' } }, containers: [resources({ cpu: '1', memory: '1' })] },
        { cpu: 5, memory: 1, pods: 1 },
      ],
      [
        'and its overhead',
        { overhead: { memory: '1Ki' }, containers: [resources({ memory: '1Ki' })] },
        { memory: 2048, pods: 1 },
      ],
    ];
    for (const [name, spec, requests] of CASES)
      it(name, async () => {
        api.server.answers.push(
          ok(list([{ metadata: { namespace: 'shop', name: 'web' }, spec: { nodeName: 'w1', ...spec } }])),
        );
        const [pod] = valueOf(await api.kubernetes.rehearsal.pods());
        expect(pod).to.deep.include({
          node: 'w1',
          needs: { requests, nodeSelector: {}, nodeTerms: [], tolerations: [] },
        });
        expect(asked(api.last())).to.equal(
          'GET /api/v1/pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed&limit=500',
        );
      });

    it('and where it may run', async () => {
      const terms = [
        { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] },
        { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['w1'] }] },
      ];
      const spec = {
        containers: [],
        nodeSelector: { disk: 'ssd' },
        affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
        tolerations: [{ operator: 'Exists' }, { key: 'a', value: 'b', effect: 'NoExecute' }],
      };
      api.server.answers.push(ok(list([{ metadata: { name: 'web' }, spec }])));
      const [pod] = valueOf(await api.kubernetes.rehearsal.pods());
      expect(pod?.needs).to.deep.equal({
        requests: { pods: 1 },
        nodeSelector: { disk: 'ssd' },
        nodeTerms: [
          { expressions: [{ key: 'zone', operator: 'In', values: ['a'] }], fields: [] },
          { expressions: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['w1'] }] },
        ],
        tolerations: [
          { key: undefined, operator: 'Exists', value: '', effect: undefined },
          { key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute' },
        ],
      });
    });

    it('not when it is no quantity', async () => {
      api.server.answers.push(
        ok(list([{ metadata: { name: 'web' }, spec: { containers: [resources({ cpu: 'much' })] } }])),
      );
      expect(await api.kubernetes.rehearsal.pods()).to.deep.equal({
        known: false,
        reason: 'saw cpu "much", expected a quantity such as 250m or 1Gi',
      });
    });
  });

  it('sees volumes that some nodes only can reach', async () => {
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'host', operator: 'In', values: ['w1'] }] }] };
    const volume = (name: string, spec: object): object => ({ metadata: { name }, spec });
    const claimRef = { namespace: 'shop', name: 'data' };
    api.server.answers.push(
      ok(
        list([
          volume('a', { claimRef, nodeAffinity: { required } }),
          volume('b', { claimRef }),
          volume('c', { nodeAffinity: { required } }),
        ]),
      ),
    );
    expect(valueOf(await api.kubernetes.rehearsal.pinnedVolumes())).to.deep.equal([
      {
        claim: 'shop/data',
        nodeTerms: [{ expressions: [{ key: 'host', operator: 'In', values: ['w1'] }], fields: [] }],
      },
    ]);
  });

  it('sees namespaces with their labels', async () => {
    api.server.answers.push(
      ok(list([{ metadata: { name: 'shop', labels: { team: 'a' } } }, { metadata: { name: 'bare' } }])),
    );
    expect([...valueOf(await api.kubernetes.rehearsal.namespaces())]).to.deep.equal([
      ['shop', { team: 'a' }],
      ['bare', {}],
    ]);
  });

  describe('sees policies', () => {
    const policy = (name: string, about: object = {}): object => ({
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'] },
          ],
          ...about,
        },
      },
    });
    const binding = (policyName: string, validationActions: string[], matchResources?: object): object => ({
      metadata: { name: `${policyName}-binding` },
      spec: { policyName, validationActions, matchResources },
    });
    const serve = (policies: object[], bindings: object[]): void => {
      const answer = ({ path }: ApiRequest) =>
        ok(list(path.endsWith('/validatingadmissionpolicies') ? policies : bindings));
      api.server.answers.push(answer, answer);
    };

    it('that a binding lets deny, with what both hold for', async () => {
      const excluded = [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }];
      serve(
        [policy('a', { namespaceSelector: { matchLabels: { team: 'a' } } }), policy('b'), policy('unbound')],
        [binding('a', ['Audit', 'Deny'], { excludeResourceRules: excluded }), binding('b', ['Warn'])],
      );
      const everything = { labels: {}, expressions: [] };
      expect(valueOf(await api.kubernetes.rehearsal.policies())).to.deep.equal([
        {
          name: 'a',
          scopes: [
            {
              rules: [
                {
                  ...{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'] },
                  scope: '*',
                },
              ],
              excluded: [],
              namespaceSelector: { labels: { team: 'a' }, expressions: [] },
              objectSelector: everything,
            },
            {
              rules: [
                {
                  ...{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*', '*/*'] },
                  scope: '*',
                },
              ],
              excluded: [{ ...excluded[0], scope: '*' }],
              ...{ namespaceSelector: everything, objectSelector: everything },
            },
          ],
        },
      ]);
    });

    it('as none where the API server does not serve them', async () => {
      api.server.answers.push(failure(404, 'the server could not find the requested resource'));
      api.server.answers.push(failure(404, 'the server could not find the requested resource'));
      expect(await api.kubernetes.rehearsal.policies()).to.deep.equal({ known: true, value: [] });
    });
  });

  describe('sees webhooks', () => {
    const webhook = (name: string, about: object = {}): object => ({
      name,
      clientConfig: { service: { namespace: 'guard', name: 'hook' } },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { team: 'a' } },
      ...about,
    });
    const answers = (validating: object[], mutating: object[], slices: object[]) => (request: ApiRequest) => {
      const configurations = (webhooks: object[]) => ok(list([{ metadata: { name: 'guard' }, webhooks }]));
      if (request.path.endsWith('/validatingwebhookconfigurations')) return configurations(validating);
      if (request.path.endsWith('/mutatingwebhookconfigurations')) return configurations(mutating);
      return ok(list(slices));
    };
    const serve = (answer: ReturnType<typeof answers>): void =>
      void api.server.answers.push(...Array.from({ length: 6 }, () => answer));

    it('without whose answer requests fail, and who answers', async () => {
      const slices = [
        {
          endpoints: [
            { addresses: ['10.1.0.1'], nodeName: 'w1', conditions: { ready: true } },
            { addresses: ['10.1.0.2'], nodeName: 'w2', conditions: { ready: false } },
          ],
        },
        { endpoints: [{ addresses: ['10.1.0.3'], conditions: {} }] },
        { endpoints: null },
      ];
      serve(
        answers(
          [
            webhook('a'),
            webhook('open', { failurePolicy: 'Ignore' }),
            webhook('away', { clientConfig: { url: 'https://x' } }),
          ],
          [
            webhook('b', {
              failurePolicy: 'Fail',
              namespaceSelector: undefined,
              objectSelector: { matchLabels: { app: 'x' } },
            }),
          ],
          slices,
        ),
      );
      const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: '*' }];
      const endpoints = [
        { node: 'w1', address: '10.1.0.1' },
        { node: undefined, address: '10.1.0.3' },
      ];
      const everything = { labels: {}, expressions: [] };
      expect(valueOf(await api.kubernetes.rehearsal.webhooks())).to.deep.equal([
        {
          ...{ name: 'MutatingWebhookConfiguration guard/b', service: 'guard/hook', rules, endpoints },
          ...{ namespaceSelector: everything, objectSelector: { labels: { app: 'x' }, expressions: [] } },
        },
        {
          ...{ name: 'ValidatingWebhookConfiguration guard/a', service: 'guard/hook', rules, endpoints },
          ...{ namespaceSelector: { labels: { team: 'a' }, expressions: [] }, objectSelector: everything },
        },
      ]);
      expect(api.server.requests.map(asked).filter((each) => each.includes('endpointslices'))).to.deep.equal([
        'GET /apis/discovery.k8s.io/v1/namespaces/guard/endpointslices?labelSelector=kubernetes.io/service-name=hook&limit=500',
      ]);
    });

    it('of which a permission keeps us are unknown, and the permission is named', async () => {
      const answer = ({ path }: ApiRequest) =>
        path.endsWith('/mutatingwebhookconfigurations') ? failure(403, 'forbidden') : ok(list([]));
      api.server.answers.push(...Array.from({ length: 20 }, () => answer));
      expect(await api.kubernetes.rehearsal.webhooks()).to.deep.equal({
        known: false,
        reason:
          'may not list mutatingwebhookconfigurations.admissionregistration.k8s.io: HTTP 403: forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
      });
    });
  });
});

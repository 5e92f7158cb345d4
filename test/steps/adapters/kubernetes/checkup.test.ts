import { expect } from 'chai';
import { known } from '../../../../src/upgrade/reading.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { list, PREFIX, StandIn } from './stand-in.ts';

describe('kubernetes: a checkup', () => {
  const api = new StandIn();

  it('asks whether a ServiceAccount may, with the subresource by itself', async () => {
    api.server.answers.push(ok({ status: { allowed: true } }), ok({ status: { allowed: false } }));
    const who = { serviceAccount: 'k8s-upgrade-snapshot', verb: 'get' };
    const log = { apiGroup: '', resource: 'pods/log', namespace: 'default', name: undefined };
    const asked = [
      { ...who, what: log },
      { ...who, what: { path: '/metrics' } },
    ];
    for (const [place, permission] of asked.entries())
      expect(await api.kubernetes.checkup.allowed([permission])).to.deep.equal([
        { permission, allowed: known(place === 0) },
      ]);
    expect(api.server.requests.map(({ path }) => path)).to.deep.equal(
      Array(2).fill('/apis/authorization.k8s.io/v1/subjectaccessreviews'),
    );
    const user = 'system:serviceaccount:k8s-upgrade:k8s-upgrade-snapshot';
    const [first, second] = api.server.requests.map(({ body }) => (body as { spec: object }).spec);
    expect(first).to.deep.include({
      user,
      resourceAttributes: { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'default' },
    });
    expect(second).to.deep.include({ user, nonResourceAttributes: { path: '/metrics', verb: 'get' } });
  });

  it('finds Deployments that an older release left at 0', async () => {
    const deployment = (name: string, replicas: number, held?: string) => ({
      metadata: {
        name,
        namespace: 'rook',
        annotations: held === undefined ? {} : { [`${PREFIX}quiesced-replicas`]: held },
      },
      spec: { replicas, selector: {}, template: {} },
    });
    const all = [deployment('z', 0, '3'), deployment('a', 0, 'x'), deployment('up', 2, '2'), deployment('own', 0)];
    api.server.answers.push(ok(list(all)));
    expect(await api.kubernetes.checkup.leftAtZero()).to.deep.equal(
      known([
        { namespace: 'rook', name: 'a', replicas: 'unreadable' },
        { namespace: 'rook', name: 'z', replicas: 3 },
      ]),
    );
  });

  it('says that it may not ask', async () => {
    api.server.answers.push(...Array.from({ length: 20 }, () => failure(403, 'forbidden')));
    const asked = [{ serviceAccount: 'x', verb: 'get', what: { path: '/x' } }];
    const [answer] = await api.kubernetes.checkup.allowed(asked);
    expect(answer).to.have.nested.property('allowed.known', false);
    expect(answer)
      .to.have.nested.property('allowed.reason')
      .that.includes('may not create subjectaccessreviews.authorization.k8s.io: HTTP 403: forbidden');
  });

  it('finds Argo by its API, by the image of its controller, and by the settings of its executor', async () => {
    api.server.answers.push(ok({ resources: [{ name: 'workflows' }, { name: 'cronworkflows' }] }), failure(404, 'no'));
    expect(await api.kubernetes.checkup.argoResources()).to.deep.equal(known(['cronworkflows', 'workflows']));
    expect(await api.kubernetes.checkup.argoResources()).to.deep.equal(known([]));
    const deployment = (image: string) => ({
      metadata: { name: 'x', namespace: 'argo' },
      spec: { selector: {}, template: { spec: { containers: [{ name: 'c', image }] } } },
    });
    const image = 'quay.io/argoproj/workflow-controller:v4.1.4';
    const executor = 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }';
    for (const [data, restricted] of [
      [{ executor }, true],
      [{ executor: 'resources: {}' }, false],
      [undefined, false],
    ] as const) {
      api.server.answers.push(ok(list([deployment('nginx:1'), deployment(image)])), ok({ data }));
      expect(await api.kubernetes.checkup.argoControllers()).to.deep.equal(
        known([{ namespace: 'argo', image, restrictedExecutor: known(restricted) }]),
      );
    }
  });

  it('reads a Secret and a CronJob, and knows those that are not there', async () => {
    const { checkup } = api.kubernetes;
    api.server.answers.push(ok({ data: { ssh_key: Buffer.from('KEY').toString('base64') } }), failure(404, 'no'));
    expect(await checkup.secret('creds')).to.deep.equal(known(new Map([['ssh_key', 'KEY']])));
    expect(await checkup.secret('creds')).to.deep.equal(known(undefined));
    api.server.answers.push(ok({ spec: { suspend: true } }), failure(404, 'no'));
    expect(await checkup.cronJob('default', 'backup-etcd')).to.deep.equal(known({ suspended: true }));
    expect(await checkup.cronJob('default', 'backup-etcd')).to.deep.equal(known(undefined));
    expect(api.server.requests[0]?.path).to.equal('/api/v1/namespaces/k8s-upgrade/secrets/creds');
  });
});

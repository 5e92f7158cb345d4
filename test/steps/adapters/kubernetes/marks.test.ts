import { expect } from 'chai';
import { failure, ok, type ApiAnswer } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../../support/failure.ts';
import { asked, PREFIX, StandIn } from './stand-in.ts';

const NAMESPACE = 'GET /api/v1/namespaces/k8s-upgrade';
const STATE = '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-run-state';
const namespace = (annotations: Readonly<Record<string, string>>): ApiAnswer => ok({ metadata: { annotations } });
const state = (data?: Readonly<Record<string, string>>): ApiAnswer => ok({ metadata: {}, data });
const missing = failure(404, 'configmaps "k8s-upgrade-run-state" not found');
const REMEDY =
  'ConfigMap k8s-upgrade/k8s-upgrade-run-state does not exist, and a run keeps its marks there. Apply dist/<cluster> again (kubectl apply -k dist/<cluster>, or a sync of Argo CD), then start a new run.';

describe('kubernetes: the marks of a run', () => {
  const api = new StandIn();
  const marks = () => api.kubernetes.cluster.runMarks();
  const write = (some: Readonly<Record<string, string | null>>) => api.kubernetes.cluster.writeRunMarks(some);
  const requests = (): string[] => api.server.requests.map(asked);

  it('are read from our ConfigMap', async () => {
    api.server.answers.push(namespace({}), state({ 'in-flight': 'night-1', target: '1.34.10' }));
    expect(await marks()).to.deep.equal({ [`${PREFIX}in-flight`]: 'night-1', [`${PREFIX}target`]: '1.34.10' });
    expect(requests()).to.deep.equal([NAMESPACE, `GET ${STATE}`]);
  });

  it('that an older release left on the Namespace count, until there is a newer one', async () => {
    const old = { [`${PREFIX}in-flight`]: 'old', [`${PREFIX}target`]: '1.34.9', other: 'x', [`${PREFIX}strange`]: 'y' };
    api.server.answers.push(namespace(old), state({ target: '1.34.10', 'in-flight': '' }));
    expect(await marks()).to.deep.equal({ [`${PREFIX}target`]: '1.34.10' });
    api.server.answers.push(namespace(old), state());
    expect(await marks()).to.deep.equal({ [`${PREFIX}in-flight`]: 'old', [`${PREFIX}target`]: '1.34.9' });
  });

  it('are none where there is no ConfigMap, and then no run begins', async () => {
    api.server.answers.push(namespace({}), missing, missing, state());
    expect(await marks()).to.deep.equal({});
    expect(await failureOf(api.kubernetes.cluster.assertRunState())).to.deep.equal({ exitCode: 77, message: REMEDY });
    await api.kubernetes.cluster.assertRunState();
  });

  it('are written by merge patch, and the Namespace is left alone', async () => {
    api.server.answers.push(ok({}));
    await write({ [`${PREFIX}in-flight`]: 'night-1' });
    expect(requests()).to.deep.equal([`PATCH ${STATE}`]);
    expect(api.last()).to.deep.include({ contentType: 'application/merge-patch+json' });
    expect(api.last().body).to.deep.equal({ data: { 'in-flight': 'night-1' } });
  });

  it('are removed; one that an older release left is overruled, since nobody may remove that', async () => {
    api.server.answers.push(state({}), namespace({ [`${PREFIX}target`]: '1.34.9' }), ok({}));
    await write({ [`${PREFIX}in-flight`]: null, [`${PREFIX}target`]: null });
    expect(requests()).to.deep.equal([`GET ${STATE}`, NAMESPACE, `PATCH ${STATE}`]);
    expect(api.last().body).to.deep.equal({ data: { 'in-flight': null, target: '' } });
  });

  it('cannot be kept without the ConfigMap, and need none to be removed', async () => {
    api.server.answers.push(missing, missing, missing);
    expect(await failureOf(write({ [`${PREFIX}target`]: '1.34.10' }))).to.deep.equal({ exitCode: 77, message: REMEDY });
    await write({ [`${PREFIX}target`]: null });
    expect(requests().slice(1)).to.deep.equal([`GET ${STATE}`, `PATCH ${STATE}`]);
  });
});

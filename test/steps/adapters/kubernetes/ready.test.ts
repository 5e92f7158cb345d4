import { expect } from 'chai';
import { ok } from '../../../support/fakes/api-server.ts';
import { asked, StandIn } from './stand-in.ts';

describe('kubernetes: readiness', () => {
  const api = new StandIn();

  it('asks /readyz, then whether the outcome of a step could be reported', async () => {
    api.server.answers.push(ok('ok'), { status: 201, body: { spec: {}, status: { allowed: true } } });
    expect(await api.kubernetes.cluster.apiReady()).to.deep.equal({ ready: true });
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /readyz',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    ]);
    const resourceAttributes = {
      namespace: 'k8s-upgrade',
      verb: 'create',
      group: 'argoproj.io',
      resource: 'workflowtaskresults',
    };
    expect(api.last().body).to.deep.equal({ spec: { resourceAttributes } });
  });

  it('is denied to a server that is not ready, without a second question', async () => {
    api.server.answers.push({ status: 500, body: '[-]etcd failed: reason withheld' });
    expect(await api.kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: '/readyz answered HTTP 500: [-]etcd failed: reason withheld',
    });
    expect(api.server.requests).to.have.length(1);
  });

  it('is denied to a server that does not grant what Argo needs', async () => {
    api.server.answers.push(ok('ok'), { status: 201, body: { spec: {}, status: { allowed: false } } });
    expect(await api.kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: 'it does not let us create workflowtaskresults.argoproj.io in k8s-upgrade: no reason given',
    });
  });

  it('is denied to a server that hangs up, without asking again', async () => {
    api.server.answers.push('cut');
    expect(await api.kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: 'fetch failed: other side closed',
    });
    expect(api.clock.slept).to.deep.equal([]);
  });
});

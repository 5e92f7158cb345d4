import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { failureOf } from '../../../support/failure.ts';
import { failure, ok, type ApiAnswer } from '../../../support/fakes/api-server.ts';
import { asked, StandIn } from './stand-in.ts';

describe('kubernetes: API servers', () => {
  const api = new StandIn();
  const slice = (): object => {
    const { hostname, port } = new URL(api.server.config.getCurrentCluster()?.server ?? '');
    return { ports: [{ name: 'https', port: Number(port) }], endpoints: [{ addresses: [hostname] }] };
  };
  const address = (): string => new URL(api.server.config.getCurrentCluster()?.server ?? '').host;
  const health = () => api.kubernetes.apiServers.health();

  it('are each asked at their own address whether they live and are ready', async () => {
    api.server.answers.push(ok(slice()), ok('ok'), ok('ok'));
    expect(await health()).to.deep.equal({ known: true, value: [{ server: address(), trouble: [] }] });
    expect(api.server.requests.map(asked).sort()).to.deep.equal([
      'GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
      'GET /livez',
      'GET /readyz',
    ]);
  });

  it('say what is wrong with them, and are not asked twice', async () => {
    const ill = { status: 500, body: '[-]etcd failed: reason withheld' };
    api.server.answers.push(ok(slice()), ill, ill);
    const both = ['/livez', '/readyz'].map((path) => `${path} answered HTTP 500: [-]etcd failed: reason withheld`);
    expect(await health()).to.deep.equal({ known: true, value: [{ server: address(), trouble: both }] });
    expect(api.server.requests).to.have.length(3);
  });

  it('that hang up are said to', async () => {
    api.server.answers.push(ok(slice()), 'cut', 'cut');
    const both = ['/livez', '/readyz'].map((path) => `${path} was not answered: fetch failed: other side closed`);
    expect(await health()).to.deep.equal({ known: true, value: [{ server: address(), trouble: both }] });
  });

  it('are not known when the cluster names none, or does not let us ask which there are', async () => {
    api.server.answers.push(failure(404, 'not found'));
    const unknown = { known: false, reason: 'EndpointSlice default/kubernetes names no API server' };
    expect(await health()).to.deep.equal(unknown);
    api.server.answers.push(...Array.from({ length: 20 }, () => failure(403, 'no')));
    expect((await health()).known).to.equal(false);
  });

  it('are named by their addresses, each in its one spelling', async () => {
    const endpoints = [{ addresses: ['FD00:0::2'] }, { addresses: ['10.0.0.1', 'fd00::2'] }];
    api.server.answers.push(ok({ endpoints }));
    expect(await api.kubernetes.cluster.apiServerAddresses()).to.deep.equal(['10.0.0.1', 'fd00::2']);
    expect(api.server.requests.map(asked)).to.deep.equal([
      'GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes',
    ]);
  });

  const NONE = 'EndpointSlice default/kubernetes names no API server';
  const UNREADABLE: readonly [string, ApiAnswer, object][] = [
    ['does not exist', failure(404, 'not found'), { message: NONE, exitCode: EXIT.Bug }],
    ['names none', ok({ endpoints: [] }), { message: NONE, exitCode: EXIT.Bug }],
    ['has no endpoints', ok({}), { message: NONE, exitCode: EXIT.Bug }],
    [
      'names something else',
      ok({ endpoints: [{ addresses: ['10.0.0.1', 'api.example.com'] }] }),
      { message: 'EndpointSlice default/kubernetes has an address that is no IP address', exitCode: EXIT.Bug },
    ],
    [
      'may not be read',
      failure(403, 'endpointslices "kubernetes" is forbidden'),
      {
        message:
          'may not get endpointslice default/kubernetes: HTTP 403: endpointslices "kubernetes" is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
      },
    ],
  ];
  for (const [what, answer, expected] of UNREADABLE)
    it(`have no known addresses when the EndpointSlice ${what}`, async () => {
      api.server.answers.push(...Array.from({ length: 20 }, () => answer));
      expect(await failureOf(api.kubernetes.cluster.apiServerAddresses())).to.include(expected);
    });
});

import { expect } from 'chai';
import { connectKubernetes } from '../../../support/kubernetes.ts';
import type { DeprecatedApis } from '../../../../src/steps/ports/compatibility.ts';
import { failure } from '../../../support/fakes/api-server.ts';
import { FakeApiServers, sliceOf, type MetricsAnswer } from '../../../support/fakes/api-servers.ts';
import { FakeClock } from '../../../support/fakes/clock.ts';
import { describeDeprecatedApis, valueOf } from '../../ports/compatibility.suite.ts';

const connect = (servers: FakeApiServers, lookbackHours = 24): DeprecatedApis =>
  connectKubernetes({
    ...{ namespace: 'k8s-upgrade', annotationPrefix: 'x/', clock: new FakeClock(), log: () => undefined },
    config: servers.config,
  }).deprecatedApis(lookbackHours);

describeDeprecatedApis('the API servers themselves', async () => {
  const servers = await FakeApiServers.start();
  return {
    deprecatedApis: connect(servers),
    ask: async (...series) => {
      servers.deprecated = series.map(({ removedRelease, ...labels }) => ({
        ...labels,
        removed_release: removedRelease,
      }));
    },
    end: () => servers.end(),
  };
});

describe('the API servers, asked who still asks for what will go', () => {
  let servers: FakeApiServers;
  beforeEach(async () => {
    servers = await FakeApiServers.start();
  });
  afterEach(() => servers.end());
  const reason = async (): Promise<string> => {
    const reading = await connect(servers).inUse();
    return reading.known
      ? 'known'
      : reading.reason.replaceAll(`:${servers.port}`, ':6443').replace(/for \d+ s/, 'for a minute');
  };

  it('are each asked, at their own address', async () => {
    await connect(servers).inUse();
    expect(servers.asked.slice(1).sort()).to.deep.equal(['127.0.0.1 /metrics', '127.0.0.2 /metrics']);
  });

  it('are named when they started later than the look-back begins', async () => {
    const now = new FakeClock().now();
    servers.startedAtMs = now - 5.9 * 3_600_000;
    const young = (server: string): object => ({ server: `${server}:${servers.port}`, upHours: 5, neededHours: 6 });
    expect(valueOf(await connect(servers, 6).inUse()).young).to.deep.equal([young('127.0.0.1'), young('127.0.0.2')]);
    expect(valueOf(await connect(servers, 5).inUse()).young).to.deep.equal([]);
    expect(valueOf(await connect(servers, 0).inUse()).young).to.deep.equal([]);
  });

  it('are believed in what they say, quotes and backslashes included', async () => {
    servers.answers.set('127.0.0.2', {
      status: 200,
      body: `${servers.metrics()}apiserver_requested_deprecated_apis{group="a\\\\b\\"c",version="v1",resource="x}",removed_release="1.36"} 1 1795482000000\napiserver_requested_deprecated_apis{version="v1",resource="over"} 0\n`,
    });
    expect(valueOf(await connect(servers).inUse()).series).to.deep.equal([
      { group: 'a\\b"c', version: 'v1', resource: 'x}', subresource: '', removedRelease: '1.36' },
    ]);
  });

  const forbidden = 'forbidden: User "system:serviceaccount:k8s-upgrade:k8s-upgrade-gate" cannot get path "/metrics"';
  const TROUBLE: readonly [string, MetricsAnswer, string][] = [
    [
      'does not let us',
      failure(403, forbidden),
      `may not get nonResourceURL /metrics of API server 127.0.0.2:6443: HTTP 403: ${forbidden}; grant it in the access of the step (contract.ts) and apply dist/ again`,
    ],
    [
      'is away',
      failure(503, 'no endpoints'),
      'could not get nonResourceURL /metrics of API server 127.0.0.2:6443 for a minute; the last answer was: HTTP 503: no endpoints',
    ],
    [
      'is another kind of server',
      { status: 200, body: '<html>Welcome to nginx!</html>' },
      '/metrics of API server 127.0.0.2:6443 has no metrics of an API server: "<html>Welcome to nginx!</html>"',
    ],
    [
      'says nothing',
      { status: 200, body: '' },
      '/metrics of API server 127.0.0.2:6443 has no metrics of an API server: ""',
    ],
    [
      'says something that cannot be read',
      { status: 200, body: '# TYPE apiserver_request_total counter\napiserver_requested_deprecated_apis{group="g\n' },
      '/metrics of API server 127.0.0.2:6443 has a line of apiserver_requested_deprecated_apis that cannot be read',
    ],
    [
      'does not say when it started',
      { status: 200, body: '# TYPE apiserver_request_total counter\napiserver_request_total 1\n' },
      '/metrics of API server 127.0.0.2:6443 does not say when it started',
    ],
  ];
  for (const [what, answer, says] of TROUBLE)
    it(`leave it unknown, and say which of them, when one ${what}`, async () => {
      servers.answers.set('127.0.0.2', answer);
      expect(await reason()).to.equal(says);
    });

  it('leave it unknown when one cuts the line', async () => {
    servers.answers.set('127.0.0.2', 'cut');
    expect(await reason()).to.match(
      /^could not get nonResourceURL \/metrics of API server 127\.0\.0\.2:6443 for a minute; the last answer was: \S/,
    );
  });

  const SLICES: readonly [string, MetricsAnswer, string][] = [
    [
      'that we may not see',
      failure(403, 'endpointslices "kubernetes" is forbidden'),
      'may not get endpointslice default/kubernetes: HTTP 403: endpointslices "kubernetes" is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    ],
    ['that is not there', failure(404, 'not found'), 'EndpointSlice default/kubernetes names no API server'],
    [
      'without an address',
      { status: 200, body: sliceOf([], 6443) },
      'EndpointSlice default/kubernetes names no API server',
    ],
  ];
  for (const [what, answer, says] of SLICES)
    it(`leave it unknown with a list of themselves ${what}`, async () => {
      servers.slice = answer;
      expect(await reason()).to.equal(says);
    });
});

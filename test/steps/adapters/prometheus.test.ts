import { expect } from 'chai';
import { prometheusDeprecatedApis, prometheusSeries } from '../../../src/steps/adapters/prometheus.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakePrometheus, vector, type PrometheusAnswer } from '../../support/fakes/prometheus.ts';
import { describeDeprecatedApis } from '../ports/compatibility.suite.ts';

const connect = (url: string, { hours = 24, clock = new FakeClock() } = {}) =>
  prometheusDeprecatedApis({ url, clock, log: () => undefined, timeoutSeconds: 30 }, hours);

describeDeprecatedApis('the query API of a Prometheus', async () => {
  const server = await FakePrometheus.start();
  return {
    deprecatedApis: connect(server.url),
    ask: async (...series) => {
      // It keeps no label that is empty, and has a series for each server.
      server.deprecated = server.scraped.flatMap((instance) =>
        series.map(({ removedRelease, ...labels }) => {
          const all = { ...labels, removed_release: removedRelease, instance, job: 'apiserver' };
          return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
        }),
      );
    },
    end: () => server.end(),
  };
});

describe('prometheus', () => {
  let server: FakePrometheus;
  beforeEach(async () => {
    server = await FakePrometheus.start();
  });
  afterEach(() => server.end());
  const reason = async (url = server.url): Promise<string> => {
    const clock = new FakeClock();
    server.whileItHangs = () => {
      clock.pass(30);
    };
    const reading = await connect(url, { clock }).inUse();
    return reading.known ? 'known' : reading.reason.replaceAll(url, 'URL').replace(/for \d+ s/, 'for a minute');
  };

  it('is asked once which series it has, and for our gauges of this cluster only', async () => {
    server.answers.push({ status: 200, body: vector([{ __name__: 'k8s_upgrade_held' }]) });
    server.answers.push({ status: 200, body: vector([{ __name__: 'kube_node_info' }, { __name__: 'ALERTS' }]) });
    const series = prometheusSeries({ url: server.url, clock: new FakeClock(), log: () => undefined }, 'prod');
    const names = ['k8s_upgrade_held', 'kube_node_info', 'k8s_upgrade_failed', 'ALERTS'];
    expect(await series.present(names)).to.deep.equal({
      known: true,
      value: ['ALERTS', 'k8s_upgrade_held', 'kube_node_info'],
    });
    expect(server.queries.sort()).to.deep.equal([
      'count by (__name__) ({__name__=~"k8s_upgrade_held|k8s_upgrade_failed", cluster="prod"})',
      'count by (__name__) ({__name__=~"kube_node_info|ALERTS"})',
    ]);
  });

  it('is asked for the whole look-back, since the gauge starts anew with the API server', async () => {
    await connect(server.url, { hours: 168 }).inUse();
    expect(server.queries.sort()).to.deep.equal([
      'count by (instance) (apiserver_request_total)',
      'max_over_time(apiserver_requested_deprecated_apis[168h]) > 0',
    ]);
  });

  it('is asked for this moment where there is no look-back', async () => {
    await connect(server.url, { hours: 0 }).inUse();
    expect(server.queries).to.include('apiserver_requested_deprecated_apis > 0');
  });

  it('is not believed when it scrapes no API server', async () => {
    server.scraped = [];
    expect(await reason()).to.equal('Prometheus URL has no apiserver_request_total: it scrapes no API server');
  });

  const json = (body: object, status = 200): PrometheusAnswer => ({ status, body: JSON.stringify(body) });
  const TROUBLE: readonly [string, PrometheusAnswer, string][] = [
    [
      'says error in a good answer',
      json({ status: 'error', errorType: 'timeout', error: 'query timed out' }),
      'Prometheus URL answered with no result: query timed out',
    ],
    [
      'refuses the query',
      json({ status: 'error', errorType: 'bad_data', error: 'parse error' }, 400),
      'could not query Prometheus URL: HTTP 400: parse error',
    ],
    [
      'stays away',
      json({ status: 'error', errorType: 'unavailable', error: 'starting up' }, 503),
      'could not query Prometheus URL for a minute; the last answer was: HTTP 503: starting up',
    ],
    [
      'has an answer in part',
      { status: 200, body: vector([], { warnings: ['store-1: no such host', 'partial'] }) },
      'Prometheus URL answered with a part of the result only: store-1: no such host; partial',
    ],
    ['wants a login', { status: 401, body: 'Unauthorized' }, 'Prometheus URL wants a login: HTTP 401'],
    [
      'is a page for people',
      { status: 200, body: '<!doctype html><title>Sign in</title>' },
      `Prometheus URL answered with no result: Unexpected token '<', "<!doctype "... is not valid JSON: "<!doctype html><title>Sign in</title>"`,
    ],
    [
      'says nothing',
      { status: 200, body: '' },
      'Prometheus URL answered with no result: Unexpected end of JSON input: ""',
    ],
    ['answers null', { status: 200, body: 'null' }, 'Prometheus URL answered with no result: "null"'],
    [
      'answers with something else',
      json({ status: 'success', data: { resultType: 'matrix', result: [] } }),
      'Prometheus URL answered with no vector',
    ],
    ['answers without data', json({ status: 'success' }), 'Prometheus URL answered with no vector'],
  ];
  for (const [what, answer, says] of TROUBLE)
    it(`leaves it unknown, and says where, when it ${what}`, async () => {
      server.answers.push(...Array.from({ length: 30 }, () => answer));
      expect(await reason()).to.equal(says);
    });

  for (const answer of ['hangs', 'cut'] as const)
    it(`leaves it unknown, and says where, when it ${answer}`, async () => {
      server.answers.push(...Array.from({ length: 30 }, () => answer));
      expect(await reason()).to.match(/^could not query Prometheus URL for a minute; the last answer was: \S/);
    });

  it('leaves it unknown when nobody is there', async () => {
    const { url } = server;
    await server.end();
    expect(await reason(url)).to.match(
      /^could not query Prometheus URL for a minute; the last answer was: fetch failed: /,
    );
  });

  it('is waited for while it moves', async () => {
    server.answers.push('cut', { status: 503, body: 'no healthy upstream' });
    expect(await reason()).to.equal('known');
  });

  it('leaves it unknown when a series does not say what it is about', async () => {
    server.deprecated = [{ group: 'policy', resource: 'podsecuritypolicies' }];
    expect(await reason()).to.equal(
      'Prometheus URL has a series of apiserver_requested_deprecated_apis without version or resource: {"group":"policy","resource":"podsecuritypolicies"}',
    );
  });
});

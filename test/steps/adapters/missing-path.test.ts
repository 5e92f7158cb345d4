import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { alertmanagerAlerts } from '../../../src/steps/adapters/alertmanager.ts';
import { prometheusAlerts, prometheusDeprecatedApis } from '../../../src/steps/adapters/prometheus.ts';
import { FakeClock } from '../../support/fakes/clock.ts';

type Answer = readonly [status: number, body: string];

const OK: Answer = [200, '{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}'];
const NOT_FOUND: Answer = [404, '404 page not found\n'];

describe('a server without a path of the API', () => {
  let server: Server;
  let paths: Readonly<Record<string, Answer>> = {};
  let otherwise = NOT_FOUND;
  let url = '';
  beforeEach(async () => {
    [paths, otherwise] = [{}, NOT_FOUND];
    server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const [status, body] = paths[path] ?? otherwise;
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const options = () => ({ url, clock: new FakeClock(), log: () => undefined });
  const says = async (alerts = prometheusAlerts(options())): Promise<string> => {
    const reading = await alerts.firing();
    return reading.known ? 'known' : reading.reason.replaceAll(url, 'URL');
  };
  const INSTEAD =
    'Set monitoring.prometheusUrl to a server that evaluates the alerting rules, such as Prometheus or Thanos Ruler, or set monitoring.alerts.source: alertmanager.';

  it('is named when it is Thanos Query', async () => {
    paths = { '/api/v1/query': OK, '/api/v1/stores': [200, '{"status":"success","data":{"sidecar":[]}}'] };
    expect(await says()).to.equal(`Prometheus URL is Thanos Query, which has no /api/v1/alerts. ${INSTEAD}`);
  });

  it('is said to answer queries only when it is another such product', async () => {
    paths = { '/api/v1/query': OK };
    expect(await says()).to.equal(`Prometheus URL answers queries and has no /api/v1/alerts. ${INSTEAD}`);
  });

  for (const [prefix, product] of [
    ['/prometheus', 'Grafana Mimir, Cortex or a route prefix of Prometheus'],
    ['/api/prom', 'an older Cortex'],
    ['/select/0/prometheus', 'a cluster of VictoriaMetrics'],
  ])
    it(`is said to have it below ${prefix}, as the setting must have it`, async () => {
      paths = { [`${prefix}/api/v1/query`]: OK };
      expect(await says()).to.equal(
        `Prometheus URL has no /api/v1/alerts; its API is below ${prefix}, as that of ${product}. Set monitoring.prometheusUrl: URL${prefix}`,
      );
      const deprecated = await prometheusDeprecatedApis(options(), 1).inUse();
      expect(deprecated.known ? 'known' : deprecated.reason.replaceAll(url, 'URL')).to.equal(
        `Prometheus URL has no /api/v1/query; its API is below ${prefix}, as that of ${product}. Set monitoring.prometheusUrl: URL${prefix}`,
      );
    });

  it('may answer 400 instead of 404, as vmselect does', async () => {
    otherwise = [400, 'remoteAddr: "x"; unsupported path requested: "/api/v1/alerts"'];
    paths = { '/select/0/prometheus/api/v1/query': OK };
    expect(await says()).to.include('its API is below /select/0/prometheus, as that of a cluster of VictoriaMetrics.');
  });

  it('may be no such server at all', async () => {
    expect(await says()).to.equal(
      'Prometheus URL has no /api/v1/alerts. Set monitoring.prometheusUrl to the address of the API. Some products have it below /prometheus (Grafana Mimir, Cortex or a route prefix of Prometheus), /api/prom (an older Cortex), /select/0/prometheus (a cluster of VictoriaMetrics).',
    );
    expect(await says(alertmanagerAlerts(options()))).to.equal(
      'Alertmanager URL has no /api/v2/alerts. Set monitoring.alerts.alertmanagerUrl to the address of the API. Some products have it below /alertmanager (Grafana Mimir, Cortex or a route prefix of Alertmanager).',
    );
  });

  it('may be an Alertmanager below a prefix', async () => {
    paths = { '/alertmanager/api/v2/alerts': [200, '[]'] };
    expect(await says(alertmanagerAlerts(options()))).to.equal(
      'Alertmanager URL has no /api/v2/alerts; its API is below /alertmanager, as that of Grafana Mimir, Cortex or a route prefix of Alertmanager. Set monitoring.alerts.alertmanagerUrl: URL/alertmanager',
    );
  });

  it('is not guessed at when it refuses for another reason', async () => {
    otherwise = [422, '{"status":"error","error":"too many series"}'];
    expect(await says()).to.equal('could not ask for the alerts of Prometheus URL: HTTP 422: too many series');
  });

  it('wants a tenant where it says that it has no org id', async () => {
    otherwise = [401, 'no org id'];
    expect(await says()).to.equal(
      'Prometheus URL wants the name of a tenant in the header X-Scope-OrgID (HTTP 401), as Grafana Mimir and Cortex do. No setting sends it: give the address of a proxy that adds it.',
    );
  });
});

import { expect } from 'chai';
import { alertmanagerAlerts } from '../../../src/steps/adapters/alertmanager.ts';
import { prometheusAlerts } from '../../../src/steps/adapters/prometheus.ts';
import { newAlerts } from '../../../src/signals/alert-gate.ts';
import { baselineOf, formatBaseline } from '../../../src/signals/alert-check.ts';
import { inert } from '../../../src/text/inert.ts';
import type { Alerts } from '../../../src/steps/ports/alerts.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakePrometheus, success, type PrometheusAnswer } from '../../support/fakes/prometheus.ts';
import { describeAlerts } from '../ports/alerts.suite.ts';

const options = (url: string, clock = new FakeClock()) => ({ url, clock, log: () => undefined, timeoutSeconds: 30 });
const inPrometheus = (name: string, state: string, labels: object = {}): object => ({
  ...{ labels: { alertname: name, ...labels }, annotations: {}, activeAt: '2026-11-24T23:00:00Z', value: '1e+00' },
  state,
});
const inAlertmanager = (name: string, state: string, labels: object = {}): object => ({
  ...{ labels: { alertname: name, ...labels }, annotations: {}, startsAt: '2026-11-24T23:00:00Z' },
  status: { state, silencedBy: [], inhibitedBy: [], mutedBy: [] },
});

const SOURCES: readonly [string, (url: string, clock?: FakeClock) => Alerts, typeof inPrometheus, string][] = [
  ['Prometheus', (url, clock) => prometheusAlerts(options(url, clock)), inPrometheus, 'firing'],
  ['Alertmanager', (url, clock) => alertmanagerAlerts(options(url, clock)), inAlertmanager, 'active'],
];

for (const [who, connect, alert, firing] of SOURCES) {
  describeAlerts(`the API of ${who === 'Prometheus' ? 'a' : 'an'} ${who}`, async () => {
    const server = await FakePrometheus.start();
    return {
      alerts: connect(server.url),
      fire: async (name, labels) => void server.alerts.push(alert(name, firing, labels)),
      end: () => server.end(),
    };
  });

  describe(`alerts of ${who}`, () => {
    let server: FakePrometheus;
    beforeEach(async () => {
      server = await FakePrometheus.start();
    });
    afterEach(() => server.end());
    const says = async (url = server.url): Promise<string> => {
      const clock = new FakeClock();
      server.whileItHangs = () => {
        clock.pass(30);
      };
      const reading = await connect(url, clock).firing();
      if (reading.known) return reading.value.map(({ name }) => name).join();
      return reading.reason.replaceAll(url, 'URL').replace(/for \d+ s/, 'for a minute');
    };

    it('has labels that equal those of the baseline, which left a step as inert text', async () => {
      server.alerts = [alert('DiskSlow', firing, { device: '{{=1+41}} \u0007' })];
      const reading = await connect(server.url).firing();
      const alerts = reading.known ? reading.value : [];
      expect(alerts.map(({ labels }) => labels['device'])).to.deep.equal(['{ {=1+41} } �']);
      const baseline = baselineOf({ 'x/alert-baseline': inert(formatBaseline('u', alerts)) }, 'x/', 'u');
      expect(newAlerts(baseline ?? [], alerts)).to.deep.equal([]);
    });

    /** An upgrade must not begin on any of these. */
    const TROUBLE: readonly [string, PrometheusAnswer, string][] = [
      ['wants a login', { status: 401, body: 'Unauthorized' }, `${who} URL wants a login: HTTP 401`],
      [
        'stays away',
        { status: 503, body: 'starting' },
        `could not ask for the alerts of ${who} URL for a minute; the last answer was: HTTP 503: starting`,
      ],
      [
        'refuses the question',
        { status: 400, body: 'bad request' },
        `could not ask for the alerts of ${who} URL: HTTP 400: bad request`,
      ],
    ];
    for (const [what, answer, expected] of TROUBLE)
      it(`are unknown when it ${what}`, async () => {
        server.answers.push(...Array.from({ length: 30 }, () => answer));
        expect(await says()).to.equal(expected);
      });

    for (const answer of ['hangs', 'cut'] as const)
      it(`are unknown when it ${answer}`, async () => {
        server.answers.push(...Array.from({ length: 30 }, () => answer));
        expect(await says()).to.match(/^could not ask for the alerts of \w+ URL for a minute; the last answer was: \S/);
      });

    for (const body of ['<!doctype html><title>Sign in</title>', '', 'null', '{}', '"alerts"'])
      it(`are unknown when it answers ${JSON.stringify(body)}`, async () => {
        server.answers.push({ status: 200, body });
        expect(await says()).to.match(new RegExp(`^${who} URL answered with no `));
      });

    it('are unknown when one of them has no name', async () => {
      server.alerts = [alert('', firing, { alertname: 7, severity: 'critical' })];
      expect(await says()).to.match(new RegExp(`^${who} URL has an alert without a name: `));
    });

    it('are unknown when one of them is in a state that we do not know', async () => {
      server.alerts = [alert('DiskSlow', 'melting')];
      expect(await says()).to.equal(`${who} URL has the alert DiskSlow in a state that we do not know: melting`);
    });
  });
}

describe('alerts of Prometheus', () => {
  let server: FakePrometheus;
  beforeEach(async () => {
    server = await FakePrometheus.start();
  });
  afterEach(() => server.end());
  const ask = async () => prometheusAlerts(options(server.url)).firing();

  it('that are pending do not fire yet', async () => {
    server.alerts = [inPrometheus('DiskSlow', 'pending'), inPrometheus('NodeDown', 'firing')];
    expect(await ask()).to.deep.equal({
      known: true,
      value: [{ name: 'NodeDown', labels: { alertname: 'NodeDown' } }],
    });
  });

  it('are unknown when the answer is a part of the whole', async () => {
    server.answers.push({ status: 200, body: success({ alerts: [] }, { warnings: ['store-1: no such host'] }) });
    expect(await ask()).to.deep.equal({
      known: false,
      reason: `Prometheus ${server.url} answered with a part of the result only: store-1: no such host`,
    });
  });

  it('are known when a warning is about the expression: an annotation of level info', async () => {
    const warnings = ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count: "up"'];
    for (const about of [{ warnings }, { infos: warnings }, { warnings: [], infos: ['x'] }]) {
      server.answers.push({ status: 200, body: success({ alerts: [inPrometheus('NodeDown', 'firing')] }, about) });
      expect((await ask()).known).to.equal(true);
    }
    for (const warning of ['store-1: no such host', 'PromQL warning: mixed', 'not PromQL info: x']) {
      server.answers.push({ status: 200, body: success({ alerts: [] }, { warnings: [...warnings, warning] }) });
      expect(await ask()).to.deep.equal({
        known: false,
        reason: `Prometheus ${server.url} answered with a part of the result only: ${warning}`,
      });
    }
  });

  it('are unknown when it has no rule that could fire: its silence means nothing', async () => {
    server.groups = [{ name: 'recording', rules: [] }];
    const reason = `Prometheus ${server.url} has no alerting rule: its silence means nothing`;
    expect(await ask()).to.deep.equal({ known: false, reason });
  });
});

describe('alerts of Alertmanager', () => {
  it('that are silenced or inhibited do not fire; those that it has not looked at yet do', async () => {
    const server = await FakePrometheus.start();
    server.alerts = [
      inAlertmanager('DiskSlow', 'suppressed'),
      inAlertmanager('NodeDown', 'active'),
      inAlertmanager('EtcdSlow', 'unprocessed'),
    ];
    const firing = await alertmanagerAlerts(options(server.url)).firing();
    expect(firing.known && firing.value.map(({ name }) => name)).to.deep.equal(['NodeDown', 'EtcdSlow']);
    await server.end();
  });
});

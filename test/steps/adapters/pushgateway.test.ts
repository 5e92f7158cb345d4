import { expect } from 'chai';
import { pushgateway, type PushgatewayOptions } from '../../../src/steps/adapters/pushgateway.ts';
import type { Gauges } from '../../../src/steps/ports/gauges.ts';
import { gaugesAtBegin, gaugesAtEnd } from '../../../src/signals/gauges.ts';
import { v } from '../../support/builders.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import {
  emptyPushgateway,
  FakePushgateway,
  readPushgateway,
  type PushAnswer,
} from '../../support/fakes/pushgateway.ts';
import { describeGauges } from '../ports/gauges.suite.ts';

const PATCH = { kind: 'patch', running: v('1.34.9'), target: v('1.34.10'), checkedAtMs: 1_795_482_000_000 } as const;

for (const prefix of ['', '/behind/a-proxy'])
  describeGauges(`a Pushgateway's API at ${prefix || '/'}`, async () => {
    const server = await FakePushgateway.start(prefix);
    const log = (line: string): void => {
      throw new Error(line);
    };
    return {
      gauges: pushgateway({ url: server.url, cluster: 'prod', clock: new FakeClock(), log }),
      other: pushgateway({ url: server.url, cluster: 'test', clock: new FakeClock(), log }),
      read: () => readPushgateway(server.url, 'prod'),
      readOther: () => readPushgateway(server.url, 'test'),
      forget: () => emptyPushgateway(server.url, ['prod', 'test']),
      end: () => server.end(),
    };
  });

describe('pushgateway', () => {
  let server: FakePushgateway;
  let [clock, lines] = [new FakeClock(), [] as string[]];
  beforeEach(async () => {
    [server, clock, lines] = [await FakePushgateway.start(), new FakeClock(), []];
    server.whileItHangs = () => {
      clock.pass(5);
    };
  });
  afterEach(() => server.end());
  const gauges = (about: Partial<PushgatewayOptions> = {}): Gauges =>
    pushgateway({ url: server.url, cluster: 'prod', clock, log: (line) => lines.push(line), ...about });

  it('adds to the group of the run, and replaces the group of the check', async () => {
    await gauges().upgrade(gaugesAtEnd('held', 0));
    await gauges().versionCheck(PATCH);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'POST /metrics/job/k8s-version-upgrade/cluster/prod',
      'PUT /metrics/job/k8s-version-check/cluster/prod',
    ]);
  });

  for (const cluster of ['prod/eu', '..', '.', 'größer', '', ' ', 'a%2Fb', 'prod.eu'])
    it(`sends the name "${cluster}", which has a meaning in a path, in base64`, async () => {
      await gauges({ cluster }).versionCheck(PATCH);
      const [, group = '', encoded = ''] =
        /^(.*)\/cluster@base64\/([A-Za-z0-9_=-]+)$/.exec(server.requests[0]?.path ?? '') ?? [];
      expect(group).to.equal('/metrics/job/k8s-version-check');
      expect(Buffer.from(encoded, 'base64url').toString()).to.equal(cluster);
    });

  it('speaks the text format', async () => {
    await gauges().versionCheck(PATCH);
    expect(server.requests[0]).to.deep.include({
      type: 'text/plain; version=0.0.4; charset=utf-8',
      body: [
        '# HELP k8s_upgrade_available Whether there is a newer version to go to, and which; 0 with kind="none".',
        '# TYPE k8s_upgrade_available gauge',
        'k8s_upgrade_available{kind="patch",running="1.34.9",target="1.34.10"} 1',
        '',
        '# HELP k8s_version_check_last_run_timestamp When the version check last worked as a whole, in seconds since the epoch.',
        '# TYPE k8s_version_check_last_run_timestamp gauge',
        'k8s_version_check_last_run_timestamp 1795482000',
        '',
      ].join('\n'),
    });
  });

  it('pushes nothing where there is none', async () => {
    await gauges({ url: undefined }).upgrade(gaugesAtBegin(0));
    await gauges({ url: undefined }).versionCheck(PATCH);
    expect([server.requests, lines]).to.deep.equal([[], []]);
  });

  const MOVING: readonly [string, PushAnswer][] = [
    ['cuts the connection', 'cut'],
    ['does not answer', 'hangs'],
    ['never comes to an end', 'drips'],
    ['is behind a proxy that cannot reach it', { status: 503, body: 'no healthy upstream' }],
  ];
  for (const [trouble, answer] of MOVING)
    it(`waits a little for one that ${trouble}, and says nothing of it`, async () => {
      server.answers.push(answer, answer);
      await gauges().upgrade(gaugesAtEnd('blocked', 0));
      expect(await readPushgateway(server.url, 'prod')).to.include('k8s_upgrade_blocked 1');
      expect([clock.slept, lines]).to.deep.equal([[5, 5], []]);
    });

  const LOST: readonly [string, PushAnswer, string][] = [
    ['does not answer', 'hangs', 'no answer within 5 s'],
    ['never comes to an end', 'drips', 'no answer within 5 s'],
    ['is away', { status: 502, body: 'Bad\n  Gateway\n' }, 'HTTP 502: Bad Gateway'],
    [
      'refuses what is pushed',
      { status: 400, body: 'pushed metrics are invalid\n' },
      'HTTP 400: pushed metrics are invalid',
    ],
    ['wants a login', { status: 401, body: '' }, 'it wants a login: HTTP 401'],
    ['sends elsewhere', { status: 302, headers: { location: '/login' }, body: '' }, 'HTTP 302'],
  ];
  for (const [trouble, answer, seen] of LOST)
    it(`never fails a step because it ${trouble}: it is a line in the log`, async () => {
      server.answers.push(...Array.from({ length: 20 }, () => answer));
      await gauges({ patienceSeconds: 10 }).upgrade(gaugesAtBegin(0));
      expect(lines).to.deep.equal([
        `The gauges of k8s-version-upgrade could not be pushed to ${server.url} (${seen}); the step continues without them. Check the Pushgateway and metrics.pushgatewayUrl.`,
      ]);
    });

  it('never fails a step because nobody is there, and gives up after a minute', async () => {
    const { url } = server;
    await server.end();
    await gauges({ url }).versionCheck(PATCH);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(
      /^The gauges of k8s-version-check could not be pushed to \S+ \(fetch failed: .*ECONNREFUSED/,
    );
    expect(clock.slept).to.deep.equal(Array.from({ length: 12 }, () => 5));
  });

  it('asks once what a second time would not change', async () => {
    server.answers.push({ status: 400, body: 'no' }, { status: 400, body: 'no' });
    await gauges().upgrade(gaugesAtBegin(0));
    expect([server.requests.length, clock.slept]).to.deep.equal([1, []]);
  });

  it('says once what happens again and again', async () => {
    server.answers.push(...Array.from({ length: 3 }, () => ({ status: 400, body: 'no' })));
    const one = gauges();
    await one.upgrade(gaugesAtBegin(0));
    await one.upgrade(gaugesAtBegin(1));
    await one.upgrade(gaugesAtBegin(2));
    expect(lines).to.have.length(1);
  });

  it('never fails a step because its address is none', async () => {
    await gauges({ url: 'nowhere' }).upgrade(gaugesAtBegin(0));
    expect(lines).to.deep.equal([
      'The gauges of k8s-version-upgrade could not be pushed to nowhere (Failed to parse URL from nowhere/metrics/job/k8s-version-upgrade/cluster/prod: Invalid URL); the step continues without them. Check the Pushgateway and metrics.pushgatewayUrl.',
    ]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { mountedSecret } from '../../../src/steps/adapters/mounted-secret.ts';
import { known, type Reading } from '../../../src/upgrade/reading.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakePrometheus, success } from '../../support/fakes/prometheus.ts';
import { pushgatewayCheck } from '../../../src/steps/adapters/prometheus.ts';

describe('the keys that a pod is given', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const read = () =>
    mountedSecret([
      [folder, ['ssh_key', 'ssh_known_hosts']],
      [join(folder, 'chat'), ['slack_webhook']],
    ]).secret('creds');

  it('are those whose files are there', async () => {
    expect(await read()).to.deep.equal(known(new Map()));
    writeFileSync(join(folder, 'ssh_key'), 'KEY\n');
    writeFileSync(join(folder, 'other'), 'x');
    mkdirSync(join(folder, 'chat'));
    writeFileSync(join(folder, 'chat', 'slack_webhook'), 'https://hooks.example.com/x');
    expect(await read()).to.deep.equal(
      known(
        new Map([
          ['ssh_key', 'KEY\n'],
          ['slack_webhook', 'https://hooks.example.com/x'],
        ]),
      ),
    );
  });

  it('are not known when a file cannot be read', async () => {
    mkdirSync(join(folder, 'ssh_key'));
    expect(await read()).to.deep.equal({
      known: false,
      reason: `cannot read ${join(folder, 'ssh_key')}: EISDIR: illegal operation on a directory, read`,
    });
  });
});

describe('a Pushgateway that is looked at', () => {
  let server: FakePrometheus;
  beforeEach(async () => {
    server = await FakePrometheus.start();
  });
  afterEach(() => server.end());
  const ask = (url = server.url): Promise<Reading<boolean>> =>
    pushgatewayCheck({
      ...{ url, clock: new FakeClock(), log: () => undefined },
      patienceSeconds: 0,
    }).isPushgateway();

  it('says its build, which nothing else does', async () => {
    server.answers.push(
      { status: 200, body: success({ build_information: { version: '1.11.1' } }) },
      { status: 200, body: success({ resultType: 'vector', result: [] }) },
    );
    expect(await ask()).to.deep.equal(known(true));
    expect(await ask()).to.deep.equal(known(false));
  });

  it('is not known when it is away, or wants a login', async () => {
    server.answers.push({ status: 401, body: '' });
    expect(await ask()).to.deep.equal({
      known: false,
      reason: `Pushgateway ${server.url} wants a login: HTTP 401`,
    });
    server.answers.push('cut');
    expect(await ask())
      .to.have.property('reason')
      .that.includes(`could not ask Pushgateway ${server.url} how it is for 0 s`);
  });
});

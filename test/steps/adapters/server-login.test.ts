import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { alertmanagerAlerts } from '../../../src/steps/adapters/alertmanager.ts';
import { askMonitoring } from '../../../src/steps/adapters/monitoring-http.ts';
import { packageRepository } from '../../../src/steps/adapters/packages.ts';
import { prometheusAlerts } from '../../../src/steps/adapters/prometheus.ts';
import { pushgateway } from '../../../src/steps/adapters/pushgateway.ts';
import { credentialsOf } from '../../../src/steps/runtime/server-login.ts';
import { webhook } from '../../../src/steps/adapters/webhook.ts';
import { Secret } from '../../../src/steps/runtime/secret.ts';
import { gaugesAtBegin } from '../../../src/signals/gauges.ts';
import { LOGIN_SETTINGS, type Server as Name } from '../../../src/run/server-login.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { NOTICE } from '../ports/chat.suite.ts';

type Says = (url: string) => Promise<string>;
const reasonOf = (reading: { known: true } | { known: false; reason: string }): string =>
  reading.known ? '' : reading.reason;

async function logged(tell: (log: (line: string) => void) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  await tell((line) => lines.push(line));
  return lines.join('\n');
}

/** What each client says of a server. */
const CLIENTS: Readonly<Record<Name, Says>> = {
  repository: async (repository) => {
    const about = { timeoutSeconds: 5, clock: new FakeClock(), log: () => undefined };
    const failed = await failureOf(
      packageRepository({ repository, ...about, credentials: credentialsOf('repository') }).has('1.35'),
    );
    return failed === 'it went well' ? '' : failed.message;
  },
  prometheus: async (url) =>
    reasonOf(await prometheusAlerts({ ...asking(url), credentials: credentialsOf('prometheus') }).firing()),
  alertmanager: async (url) =>
    reasonOf(await alertmanagerAlerts({ ...asking(url), credentials: credentialsOf('alertmanager') }).firing()),
  pushgateway: (url) =>
    logged((log) =>
      pushgateway({
        url,
        cluster: 'prod',
        clock: new FakeClock(),
        log,
        credentials: credentialsOf('pushgateway'),
      }).upgrade(gaugesAtBegin(0)),
    ),
  webhook: (url) =>
    logged((log) =>
      webhook({ url: new Secret(`${url}/x`), clock: new FakeClock(), log, credentials: credentialsOf('webhook') }).tell(
        NOTICE,
      ),
    ),
};
const asking = (url: string) => ({ url, clock: new FakeClock(), log: () => undefined });

const BASIC = `Basic ${Buffer.from('bot:sWord-fish').toString('base64')}`;

describe('a login at a server', () => {
  const servers: Server[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'logins-'));
  before(() => {
    process.env['LOGIN_DIR'] = folder;
  });
  after(() => {
    delete process.env['LOGIN_DIR'];
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    delete process.env['SERVER_LOGINS'];
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer((request, response) => {
      request.resume();
      answer(request, response);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const give = (name: Name, kind: string, text: string): void => {
    process.env['SERVER_LOGINS'] = `${name}=${kind}`;
    writeFileSync(join(folder, `${name}_login`), text);
  };

  for (const [name, says] of Object.entries(CLIENTS) as [Name, Says][]) {
    it(`is sent by basic and by bearer, and not without the setting: ${name}`, async () => {
      const seen = new Set<string | undefined>();
      const url = await serve((request, response) => {
        seen.add(request.headers.authorization);
        response.writeHead(422).end();
      });
      give(name, 'basic', 'bot:sWord-fish\n');
      await says(url);
      give(name, 'bearer', 'sWord.fish');
      await says(url);
      process.env['SERVER_LOGINS'] = '';
      await says(url);
      expect([...seen]).to.deep.equal([BASIC, 'Bearer sWord.fish', undefined]);
    });

    it(`goes to no other server that a redirect names: ${name}`, async () => {
      const seen: (string | undefined)[] = [];
      const other = await serve((request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(422).end();
      });
      const url = await serve((_, response) => response.writeHead(302, { location: `${other}/elsewhere` }).end());
      give(name, 'basic', 'bot:sWord-fish');
      await says(url);
      expect(seen.filter((header) => header !== undefined)).to.deep.equal([]);
    });

    it(`is in no message, also when the server quotes it: ${name}`, async () => {
      for (const status of [400, 401, 403, 422]) {
        const url = await serve((request, response) => {
          const header = request.headers.authorization ?? '';
          response.writeHead(status).end(`${header} ${header.replace('Basic ', '')} bot:sWord-fish sWord-fish`);
        });
        give(name, 'basic', 'bot:sWord-fish');
        expect(await says(url), String(status)).to.not.match(/sWord|Ym90/);
      }
    });

    for (const status of [401, 403])
      it(`that ${name} refuses with ${status} is named by its setting and its key`, async () => {
        const url = await serve((_, response) => response.writeHead(status).end());
        give(name, 'basic', 'bot:sWord-fish');
        expect(await says(url)).to.include(
          `refused the login: HTTP ${status}; ${LOGIN_SETTINGS[name]} is basic: check ${name}_login of the Secret`,
        );
      });

    it(`that ${name} wants is named by its setting and its key`, async () => {
      const url = await serve((_, response) => response.writeHead(401).end());
      expect(await says(url)).to.include(
        `wants a login: HTTP 401; put the login into the Secret as ${name}_login, and set ${LOGIN_SETTINGS[name]} to basic or bearer`,
      );
    });

    it(`that is missing or malformed is named by its setting and its key, and nothing is asked: ${name}`, async () => {
      let asked = 0;
      const url = await serve((_, response) => {
        asked++;
        response.end();
      });
      const setting = LOGIN_SETTINGS[name];
      give(name, 'basic', 'sWordfish');
      expect(await says(url)).to.include(
        `${setting} is basic, and ${name}_login of the Secret is no user and password, expected user:password in one line.`,
      );
      rmSync(join(folder, `${name}_login`));
      expect(await says(url)).to.include(
        `${name}_login cannot be read from ${folder}. In a pod it comes from the Secret: put the key there. Elsewhere, set LOGIN_DIR to a directory with a file of that name.`,
      );
      expect(asked).to.equal(0);
    });
  }

  it('leaves a good answer whole, also where the password is a word of it', async () => {
    const answer = JSON.stringify({ status: 'success', data: [{ name: 'success' }] });
    const url = await serve((_, response) => response.writeHead(200).end(answer));
    give('prometheus', 'basic', 'bot:success');
    const options = { ...asking(url), credentials: credentialsOf('prometheus') };
    expect(await askMonitoring(options, '/x', { what: 'ask', who: 'Prometheus' })).to.equal(answer);
  });

  it('is not in a good answer that is no result, of which a message quotes a part', async () => {
    const url = await serve((_, response) => response.writeHead(200).end('<p>bot:sWord-fish'));
    give('prometheus', 'basic', 'bot:sWord-fish');
    expect(await CLIENTS.prometheus(url))
      .to.include('[secret]')
      .and.not.include('sWord');
  });

  it('is not refused by a 403 of a server that a redirect of the repository names', async () => {
    const other = (await serve((_, response) => response.writeHead(403).end())).replace('127.0.0.1', 'localhost');
    const url = await serve((_, response) => response.writeHead(302, { location: `${other}/elsewhere` }).end());
    give('repository', 'basic', 'bot:sWord-fish');
    expect(await CLIENTS.repository(url)).to.equal('');
  });

  const FOLLOWING = ['repository', 'prometheus', 'alertmanager'] as const;
  for (const name of FOLLOWING)
    for (const status of [401, 403])
      it(`is not called wrong where a redirect has left it behind: ${name}, ${status}`, async () => {
        const other = await serve((_, response) => response.writeHead(status).end());
        const url = await serve((_, response) => response.writeHead(308, { location: `${other}/x` }).end());
        give(name, 'basic', 'bot:sWord-fish');
        const says = await CLIENTS[name](url);
        const wanted = `redirects to ${other}, which wants a login: HTTP ${status}; name ${other} in the settings, since a login goes to no other server`;
        expect(says).to.include(wanted).and.not.include('refused');
      });

  it('is missing at the server that a redirect names: the address and the setting are named', async () => {
    const other = await serve((_, response) => response.writeHead(401).end());
    const url = await serve((_, response) => response.writeHead(308, { location: `${other}/x` }).end());
    expect(await CLIENTS.prometheus(url)).to.equal(
      `Prometheus ${url} redirects to ${other}, which wants a login: HTTP 401; name ${other} in the settings, since a login goes to no other server, and put the login into the Secret as prometheus_login, and set monitoring.prometheusLogin to basic or bearer`,
    );
  });
});

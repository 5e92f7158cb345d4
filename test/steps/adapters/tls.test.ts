import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { alertmanagerAlerts } from '../../../src/steps/adapters/alertmanager.ts';
import { packageRepository } from '../../../src/steps/adapters/packages.ts';
import { prometheusAlerts } from '../../../src/steps/adapters/prometheus.ts';
import { pushgateway } from '../../../src/steps/adapters/pushgateway.ts';
import { slack } from '../../../src/steps/adapters/slack.ts';
import { caBundle } from '../../../src/steps/adapters/tls/ca-bundle.ts';
import { webhook } from '../../../src/steps/adapters/webhook.ts';
import { Secret } from '../../../src/steps/runtime/secret.ts';
import { gaugesAtBegin } from '../../../src/signals/gauges.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { NOTICE } from '../ports/chat.suite.ts';

interface Pair {
  readonly key: string;
  readonly cert: string;
}

async function selfSigned(name = 'localhost', about: object = {}): Promise<Pair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    ...about,
  });
  return { key, cert };
}

/** What each client says of a server, by its address. */
const CLIENTS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  'the package repository': async (repository) => {
    const options = { repository, timeoutSeconds: 5, clock: new FakeClock(), log: () => undefined };
    const failed = await failureOf(packageRepository(options).has('1.35'));
    return failed === 'it went well' ? failed : failed.message;
  },
  Prometheus: async (url) => reasonOf(await prometheusAlerts(asking(url)).firing()),
  Alertmanager: async (url) => reasonOf(await alertmanagerAlerts(asking(url)).firing()),
  'the Pushgateway': (url) =>
    logged((log) => pushgateway({ url, cluster: 'prod', clock: new FakeClock(), log }).upgrade(gaugesAtBegin(0))),
  'a webhook': (url) =>
    logged((log) => webhook({ url: new Secret(`${url}/x`), clock: new FakeClock(), log }).tell(NOTICE)),
  Slack: (url) =>
    logged((log) =>
      slack({ webhook: new Secret(`${url}/x`), clock: new FakeClock(), log, pauseSeconds: 0.01 }).tell(NOTICE),
    ),
};
const asking = (url: string) => ({ url, clock: new FakeClock(), log: () => undefined });
const reasonOf = (reading: { known: true } | { known: false; reason: string }): string =>
  reading.known ? 'known' : reading.reason;

async function logged(tell: (log: (line: string) => void) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  await tell((line) => lines.push(line));
  return lines.join('\n');
}

describe('TLS', function () {
  this.timeout(30_000);
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serve(pair: Pair): Promise<string> {
    const server = createServer(pair, (_, response) => response.writeHead(404).end());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    return `localhost:${(server.address() as AddressInfo).port}`;
  }

  for (const [who, says] of Object.entries(CLIENTS)) {
    it(`names the host, the error and the setting when no known CA issued the certificate: ${who}`, async () => {
      const host = await serve(await selfSigned());
      expect(await says(`https://${host}`)).to.include(
        `no known CA issued the certificate of ${host} (DEPTH_ZERO_SELF_SIGNED_CERT); put the certificate of its CA into the bundle of certificateAuthorities`,
      );
    });

    it(`asks nothing over HTTPS while the CA bundle cannot be used: ${who}`, async () => {
      process.env['NODE_EXTRA_CA_CERTS'] = '/nowhere/ca.crt';
      try {
        expect(await says('https://localhost:1')).to.include(
          'the CA bundle /nowhere/ca.crt cannot be used: there is no such file or it cannot be read (ENOENT). Check certificateAuthorities: the object must be in the namespace of the steps, and its key must hold certificates in PEM',
        );
      } finally {
        delete process.env['NODE_EXTRA_CA_CERTS'];
      }
    });
  }

  it('names a redirect, since the address without TLS has no certificate', async () => {
    const host = await serve(await selfSigned());
    const plain = createPlainServer((_, response) => response.writeHead(308, { location: `https://${host}/` }).end());
    await new Promise<void>((resolve) => plain.listen(0, resolve));
    const here = `localhost:${(plain.address() as AddressInfo).port}`;
    const says = await CLIENTS['Prometheus']?.(`http://${here}`);
    plain.close();
    expect(says).to.include(
      `no known CA issued the certificate of the server that ${here} redirects to (DEPTH_ZERO_SELF_SIGNED_CERT); put the certificate of its CA into the bundle of certificateAuthorities`,
    );
  });

  it('never advises an option of Node.js', async () => {
    const host = await serve(await selfSigned());
    for (const says of Object.values(CLIENTS)) expect(await says(`https://${host}`)).to.not.include('--use-system-ca');
  });

  describe('with a CA that is trusted', () => {
    let trusted: string[];
    const trust = (cert: string): void => {
      tls.setDefaultCACertificates([...trusted, cert]);
    };
    before(() => {
      trusted = tls.getCACertificates('default');
    });
    afterEach(() => {
      tls.setDefaultCACertificates(trusted);
    });

    it('names a certificate that has expired, and one for other names', async () => {
      const ended = await selfSigned('localhost', {
        notBeforeDate: new Date('2020-01-01'),
        notAfterDate: new Date('2020-02-01'),
      });
      trust(ended.cert);
      const host = await serve(ended);
      expect(await CLIENTS['Prometheus']?.(`https://${host}`)).to.equal(
        `could not ask for the alerts of Prometheus https://${host}: the certificate of ${host} has expired or is not valid yet (CERT_HAS_EXPIRED); renew it, and check the clocks`,
      );
      const other = await selfSigned('prometheus.example.com');
      trust(other.cert);
      const elsewhere = await serve(other);
      expect(await CLIENTS['Prometheus']?.(`https://${elsewhere}`)).to.match(
        /: the certificate of localhost:\d+ is for other names \(ERR_TLS_CERT_ALTNAME_INVALID: .*prometheus\.example\.com\); use one of its names in the address$/,
      );
    });
  });

  it('is asked of a server that has none', async () => {
    const plain = createPlainServer((_, response) => response.end());
    await new Promise<void>((resolve) => plain.listen(0, resolve));
    const host = `localhost:${(plain.address() as AddressInfo).port}`;
    expect(await CLIENTS['the package repository']?.(`https://${host}`)).to.match(
      /localhost:\d+ does not answer with TLS \(ERR_SSL_\w+\); is its address one with http:\/\/\?$/,
    );
    plain.closeAllConnections();
    plain.close();
  });
});

describe('a CA bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ca-bundle-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });
  let cert = '';
  before(async () => {
    ({ cert } = await selfSigned());
  });
  function read(content: string | Buffer): string {
    const file = join(folder, 'ca.crt');
    writeFileSync(file, content);
    const bundle = caBundle(file);
    if (bundle === undefined) return 'none';
    return 'problem' in bundle
      ? (/cannot be used: (.*)\. Check certificateAuthorities/.exec(bundle.problem)?.[1] ?? bundle.problem)
      : `${bundle.certificates.length} certificates`;
  }

  it('is none where NODE_EXTRA_CA_CERTS names none', () => {
    expect(caBundle('')).to.equal(undefined);
  });

  it('may have comments, carriage returns and no line feed at its end', () => {
    expect(read(`# our root\n${cert}\nsubject=CN=x\n${cert.replaceAll('\n', '\r\n').trimEnd()}`)).to.equal(
      '2 certificates',
    );
  });

  const GARBLED: readonly [string, () => string | Buffer, string][] = [
    ['is empty', () => ' \n', 'it is empty'],
    ['is a page of HTML', () => '<html>', 'it has no certificate in PEM'],
    ['is DER', () => Buffer.from(cert.replaceAll(/-----.*-----|\s/g, ''), 'base64'), 'it has no certificate in PEM'],
    ['is indented', () => cert.replaceAll(/^/gm, '  '), 'it has no certificate in PEM'],
    ['begins with a byte order mark', () => `\uFEFF${cert}`, 'line \\d+ ends a block that has no beginning'],
    ['is cut', () => cert.slice(0, 300), 'its last certificate has no end'],
    [
      'has a cut certificate before another',
      () => `${cert.slice(0, 300)}\n${cert}`,
      'the certificate before line \\d+ has no end',
    ],
    [
      'has a malformed certificate',
      () => cert.replace(/\n[A-Za-z0-9+/]{8}/, '\nAAAAAAAA'),
      'the certificate that ends in line \\d+ is malformed',
    ],
    [
      'has a private key',
      () => `${cert}\n-----BEGIN PRIVATE KEY-----\nsWordfish\n-----END PRIVATE KEY-----\n`,
      'line \\d+ begins a PRIVATE KEY, expected a CERTIFICATE',
    ],
    [
      'has a certificate of another PEM kind',
      () => cert.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE'),
      'line 1 begins a TRUSTED CERTIFICATE, expected a CERTIFICATE',
    ],
  ];
  for (const [what, content, says] of GARBLED)
    it(`is refused when it ${what}, and nothing of it is quoted`, () => {
      expect(read(content())).to.match(new RegExp(`^${says}$`));
    });
});

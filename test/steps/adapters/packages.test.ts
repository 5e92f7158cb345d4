import * as tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { packageRepository } from '../../../src/steps/adapters/packages.ts';
import type { PackageRepository } from '../../../src/steps/ports/packages.ts';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { describePackages } from '../ports/packages.suite.ts';
import { PackageServer, stanza, type PackageAnswer } from '../../support/fakes/package-server.ts';

const PACKAGES = '/v1.34/deb/Packages';
const GOOD = stanza('1.34.9') + stanza('1.34.10');
const PATIENCE = 10;

describe('the package repository over HTTP', () => {
  let server: PackageServer;
  let other: PackageServer;
  let clock: FakeClock;
  let said: string[];
  const ends: PackageServer[] = [];

  beforeEach(async () => {
    [server, other] = [await start(), await start()];
    clock = new FakeClock();
    said = [];
  });
  afterEach(async () => {
    for (const each of ends.splice(0)) await each.end();
  });

  async function start(certificate?: { key: string; cert: string }): Promise<PackageServer> {
    const started = await PackageServer.start(certificate);
    ends.push(started);
    return started;
  }

  const asking = (about: Partial<Parameters<typeof packageRepository>[0]> = {}): PackageRepository =>
    packageRepository({
      ...{ repository: server.url, timeoutSeconds: 5, patienceSeconds: PATIENCE, clock },
      log: (line) => said.push(line),
      ...about,
    });
  const kubeadm = async (about: Parameters<typeof asking>[0] = {}): Promise<string[]> =>
    (await asking(about).kubeadm('1.34')).map(({ version }) => formatKubeVersion(version));
  /** Ports differ from run to run. */
  const plain = (text: string): string =>
    text.replaceAll(server.url, 'http://server').replaceAll(other.url, 'http://other');
  async function failure(work: Promise<unknown>): Promise<string> {
    const failed = await failureOf(work);
    if (typeof failed === 'string') return failed;
    expect(failed.exitCode).to.equal(75);
    return plain(failed.message);
  }

  describe('reads the releases of a minor', () => {
    it('from Packages', async () => {
      server.offer('1.34', GOOD);
      expect(await kubeadm()).to.deep.equal(['1.34.9', '1.34.10']);
      expect(server.asked).to.deep.equal([`GET ${PACKAGES}`]);
    });

    for (const status of [403, 404])
      it(`from Packages.gz when Packages is not there (${status})`, async () => {
        server.on(PACKAGES, { status }).on(`${PACKAGES}.gz`, { status: 200, body: gzipSync(GOOD) });
        expect(await kubeadm()).to.deep.equal(['1.34.9', '1.34.10']);
      });

    it('from a Packages.gz that the server itself has unpacked', async () => {
      server.on(`${PACKAGES}.gz`, { status: 200, body: GOOD });
      expect(await kubeadm()).to.deep.equal(['1.34.9', '1.34.10']);
    });

    it('as none, when only pre-releases are there', async () => {
      server.offer('1.34', stanza('1.34.0~rc.1'));
      expect(await kubeadm()).to.deep.equal([]);
    });

    it('with the file of each', async () => {
      server.offer('1.34', GOOD);
      expect((await asking().kubeadm('1.34')).map(({ file }) => file)).to.deep.equal([
        'amd64/kubeadm_1.34.9-1.1_amd64.deb',
        'amd64/kubeadm_1.34.10-1.1_amd64.deb',
      ]);
    });
  });

  describe('never takes for an empty list (2026-06-20)', () => {
    const at = `GET http://server${PACKAGES}`;
    const EXPECTED = 'expected stanzas with "Package: kubeadm".';
    const BODIES: readonly [string, PackageAnswer, string][] = [
      ['an empty body', { status: 200, body: '' }, `${at}: HTTP 200 with an empty body, ${EXPECTED}`],
      ['white space', { status: 200, body: '\n\n' }, `${at}: HTTP 200 with an empty body, ${EXPECTED}`],
      [
        'a page of HTML',
        { status: 200, body: '<!DOCTYPE html><html>Log in to the Wi-Fi</html>' },
        `${at}: HTTP 200 with a page of HTML or XML, ${EXPECTED}`,
      ],
      ['garbage', { status: 200, body: 'a\0b'.repeat(99) }, `${at}: HTTP 200 with something else, ${EXPECTED}`],
      [
        'a list of other packages only',
        { status: 200, body: stanza('1.34.9', { name: 'kubelet' }) },
        `${at}: HTTP 200 with stanzas of other packages only, ${EXPECTED}`,
      ],
      [
        'a .gz that breaks off',
        { status: 200, body: gzipSync(GOOD).subarray(0, 30) },
        `${at}: it cannot be unpacked: unexpected end of file.`,
      ],
      ['a redirect to nowhere', { status: 302 }, `${at}: a redirect to nowhere (Location: none).`],
      ['an empty 204', { status: 204 }, `${at}: HTTP 204, expected 200, 403 or 404.`],
      ['a log-in', { status: 401 }, `${at}: it wants a login: HTTP 401.`],
      [
        'a minor that is not there',
        { status: 404 },
        `${at}: HTTP 404, and Packages.gz beside it: HTTP 404. Is packages.repository right?`,
      ],
      [
        'a minor that is denied',
        { status: 403 },
        `${at}: HTTP 403, and Packages.gz beside it: HTTP 404. Is packages.repository right?`,
      ],
    ];
    for (const [what, answer, message] of BODIES)
      it(what, async () => {
        server.on(PACKAGES, answer);
        expect(await failure(kubeadm())).to.equal(message);
      });

    it('a body that breaks off', async () => {
      server.on(PACKAGES, (_, response) => {
        response.writeHead(200, { 'content-length': '9999' });
        response.write(GOOD, () => response.destroy());
      });
      expect(await failure(kubeadm())).to.match(/^could not GET http:\/\/server\/v1\.34\/deb\/Packages for \d+ s; /);
    });
  });

  describe('redirects', () => {
    it('are followed to another server, as pkgs.k8s.io answers every request with one', async () => {
      server.redirect(PACKAGES, `${other.url}/elsewhere`);
      other.on('/elsewhere', { status: 200, body: GOOD });
      expect(await kubeadm()).to.deep.equal(['1.34.9', '1.34.10']);
    });

    it('are followed by HEAD as well', async () => {
      server.redirect('/v1.35/deb/Release', `${other.url}/there`).redirect('/v1.36/deb/Release', `${other.url}/away`);
      other.on('/there', { status: 200 });
      expect(await asking().has('1.35')).to.equal(true);
      expect(await asking().has('1.36')).to.equal(false);
      expect(other.asked).to.deep.equal(['HEAD /there', 'HEAD /away']);
    });

    for (const status of [301, 302, 303, 307, 308])
      it(`are followed when they are ${status}, and relative`, async () => {
        server.redirect(PACKAGES, '../x', status).on('/v1.34/x', { status: 200, body: GOOD });
        expect(await kubeadm()).to.have.length(2);
      });

    function chain(length: number): void {
      server.redirect(PACKAGES, '/1');
      for (let place = 1; place < length; place++) server.redirect(`/${place}`, `/${place + 1}`);
      server.on(`/${length}`, { status: 200, body: GOOD });
    }

    it('are followed five times', async () => {
      chain(5);
      expect(await kubeadm()).to.have.length(2);
    });

    it('are not followed six times', async () => {
      chain(6);
      const way = ['/1', '/2', '/3', '/4', '/5'].map((path) => ` → http://server${path}`).join('');
      expect(await failure(kubeadm())).to.equal(`GET http://server${PACKAGES}${way}: more than 5 redirects.`);
      expect(server.asked).to.have.length(6);
    });

    it('are not followed in a circle', async () => {
      server.redirect(PACKAGES, `${other.url}/a`);
      other.redirect('/a', `${server.url}${PACKAGES}`);
      expect(await failure(kubeadm())).to.equal(
        `GET http://server${PACKAGES} → http://other/a → http://server${PACKAGES}: redirected in a circle.`,
      );
    });

    it('are followed to nothing but http and https', async () => {
      server.redirect(PACKAGES, 'file:///etc/passwd');
      expect(await failure(kubeadm())).to.equal(
        `GET http://server${PACKAGES}: a redirect to file:///etc/passwd, which is not followed.`,
      );
    });

    it('take no credentials to another server, whatever they carry themselves', async () => {
      const login = server.url.replace('//', '//me:s%20cret@');
      server.redirect(PACKAGES, '/same').redirect('/same', `${other.url.replace('//', '//you:too@')}/x`);
      other.redirect('/x', `${server.url}/back`);
      server.on('/back', { status: 200, body: '' });
      const failed = await failure(kubeadm({ repository: login }));
      expect(failed).to.equal(
        `GET http://server${PACKAGES} → http://server/same → http://other/x → http://server/back: HTTP 200 with an empty body, expected stanzas with "Package: kubeadm".`,
      );
      const basic = `Basic ${Buffer.from('me:s cret').toString('base64')}`;
      expect(server.headers.map(({ authorization }) => authorization)).to.deep.equal([basic, basic, basic]);
      expect(other.headers.map(({ authorization }) => authorization)).to.deep.equal([undefined]);
      expect(asking({ repository: login }).folderOf('1.34')).to.equal(`${server.url}/v1.34/deb`);
    });
  });

  describe('a server in trouble', () => {
    it('is asked again, and the log says so', async () => {
      server.on(PACKAGES, { status: 500 }, { status: 503 }, 'cut', { status: 200, body: GOOD });
      expect(await kubeadm()).to.have.length(2);
      expect(clock.slept).to.deep.equal([1, 2, 4]);
      expect(said.map(plain)).to.deep.equal([
        `cannot GET http://server${PACKAGES} (HTTP 500); asking again for up to ${PATIENCE} s`,
        `GET http://server${PACKAGES}: answered again after 7 s`,
      ]);
    });

    it('is given up after a while', async () => {
      server.on(PACKAGES, { status: 500, body: '<html>' });
      expect(await failure(kubeadm())).to.equal(
        `could not GET http://server${PACKAGES} for 7 s; the last answer was: HTTP 500`,
      );
    });

    it('is given up when it never answers in time', async () => {
      server.on(PACKAGES, () => {
        clock.pass(5);
      });
      expect(await failure(kubeadm())).to.equal(
        `could not GET http://server${PACKAGES} for 11 s; the last answer was: no answer within 5 s`,
      );
      expect(server.asked).to.have.length(2);
    });

    it('is given up when it begins to answer and does not end', async () => {
      server.on(PACKAGES, (_, response) => {
        response.writeHead(200);
        response.write(GOOD, () => {
          setTimeout(() => {
            clock.pass(5);
          }, 20);
        });
      });
      expect(await failure(kubeadm())).to.match(/no answer within 5 s$/);
    });

    it('is asked no more once the step is told to end', async () => {
      const ending = new AbortController();
      server.on(PACKAGES, () => {
        ending.abort();
      });
      expect(await failure(kubeadm({ signal: ending.signal }))).to.equal('stopped before it finished');
      expect(clock.slept).to.deep.equal([]);
    });

    it('that is none is asked again too', async () => {
      const repository = other.url;
      ends.splice(ends.indexOf(other), 1);
      await other.end();
      const failed = await failureOf(kubeadm({ repository }));
      expect(failed)
        .to.have.property('message')
        .that.matches(/ for 7 s; the last answer was: .*ECONNREFUSED/);
    });
  });

  describe('a minor', () => {
    const RELEASE = '/v1.35/deb/Release';
    const TABLE: readonly [string, PackageAnswer, boolean][] = [
      ['is there', { status: 200 }, true],
      ['is not there with a 404', { status: 404 }, false],
      ['is not there with a 403, as S3 says it', { status: 403 }, false],
    ];
    for (const [promise, answer, there] of TABLE)
      it(promise, async () => {
        server.on(RELEASE, answer);
        expect(await asking().has('1.35')).to.equal(there);
      });

    it('is neither when the server is in trouble', async () => {
      server.on(RELEASE, { status: 502 });
      expect(await failure(asking().has('1.35'))).to.equal(
        `could not HEAD http://server${RELEASE} for 7 s; the last answer was: HTTP 502`,
      );
    });
  });

  describe('the date of a package', () => {
    const file = 'amd64/kubeadm_1.34.10-1.1_amd64.deb';
    const of = (name = file) => asking().publishedAtMs('1.34', name);
    const AT = 'Tue, 10 Nov 2026 12:30:00 GMT';

    it('is when the server last changed it, at the end of all redirects', async () => {
      server.on(`/v1.34/deb/${file}`, {
        ...{ status: 302, headers: { location: `${other.url}/x`, 'last-modified': 'Wed, 11 Nov 2026 00:00:00 GMT' } },
      });
      other.on('/x', { status: 200, headers: { 'last-modified': AT } });
      expect(await of()).to.equal(Date.UTC(2026, 10, 10, 12, 30));
      expect(server.asked).to.deep.equal([`HEAD /v1.34/deb/${file}`]);
    });

    it('is found for a path that begins with ./, as in flat repositories', async () => {
      server.on('/v1.34/deb/x.deb', { status: 200, headers: { 'last-modified': AT } });
      expect(await of('./x.deb')).to.equal(Date.UTC(2026, 10, 10, 12, 30));
    });

    it('is not known where there is none, or none that can be read, or no such package', async () => {
      server.on(
        `/v1.34/deb/${file}`,
        { status: 200 },
        { status: 200, headers: { 'last-modified': 'yesterday' } },
        {
          status: 404,
        },
      );
      expect([await of(), await of(), await of()]).to.deep.equal([undefined, undefined, undefined]);
    });

    it('is not asked for outside the folder of the minor', async () => {
      for (const name of ['../../x', 'http://other.example.com/x', '/x', 'a//b', 'a/./b', 'a?b', '..'])
        expect(await of(name), name).to.equal(undefined);
      expect(server.asked).to.deep.equal([]);
    });
  });

  describe('a proxy', () => {
    let trusted: string[];
    let certificate: { key: string; cert: string };
    before(async () => {
      certificate = await selfSigned();
      trusted = tls.getCACertificates('default');
      tls.setDefaultCACertificates([...trusted, certificate.cert]);
    });
    after(() => {
      tls.setDefaultCACertificates(trusted);
    });

    it('is the way to a repository of https', async () => {
      const secure = await start(certificate);
      secure.offer('1.34', GOOD);
      other.tunnelTo = secure;
      const way = { repository: 'https://localhost:8443', httpsProxy: other.url };
      expect(await kubeadm(way)).to.have.length(2);
      expect(other.connects).to.deep.equal(['localhost:8443']);
      expect(other.asked).to.deep.equal([]);
    });

    it('is not the way to the hosts that the settings name', async () => {
      const secure = await start(certificate);
      secure.offer('1.34', GOOD);
      const repository = `https://localhost:${secure.port}`;
      expect(await kubeadm({ repository, httpsProxy: other.url, noProxy: ['.svc', 'localhost'] })).to.have.length(2);
      expect(other.connects).to.deep.equal([]);
    });

    it('that says no is worth another try, and no answer about the repository', async () => {
      other.connectStatus = '403 Forbidden';
      const failed = await failure(asking({ repository: 'https://a.invalid', httpsProxy: other.url }).has('1.35'));
      expect(failed).to.equal(
        'could not HEAD https://a.invalid/v1.35/deb/Release: Proxy response (403) !== 200 when HTTP Tunneling',
      );
    });

    it('leads from https to no address without it', async () => {
      const secure = await start(certificate);
      secure.redirect(PACKAGES, `${other.url}/x`);
      const repository = `https://localhost:${secure.port}`;
      expect(await failure(kubeadm({ repository }))).to.equal(
        `GET ${repository}${PACKAGES}: a redirect to http://other/x, which is not followed.`,
      );
    });

    it('or not, a certificate that nobody vouches for is worth another try at most', async () => {
      const secure = await start(await selfSigned());
      expect(await failure(kubeadm({ repository: `https://localhost:${secure.port}` }))).to.match(
        /^could not GET https:\S+: no known CA issued the certificate of localhost:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\); /,
      );
    });
  });
});

describePackages('over HTTP', async () => {
  const server = await PackageServer.start();
  const clock = new FakeClock();
  const packages = packageRepository({ repository: server.url, timeoutSeconds: 5, clock, log: () => undefined });
  return {
    packages,
    offer: (minor, versions, publishedAtMs) => {
      server.offer(minor, versions.map((version) => stanza(version)).join(''));
      const headers = publishedAtMs === undefined ? {} : { 'last-modified': new Date(publishedAtMs).toUTCString() };
      for (const version of versions)
        server.on(`/v${minor}/deb/amd64/kubeadm_${version}-1.1_amd64.deb`, { status: 200, headers });
    },
    end: () => server.end(),
  };
});

/** For `localhost`, made for this run: nothing secret lies in the repository. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key, cert };
}

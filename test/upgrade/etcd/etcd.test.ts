import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { ETCD_HEALTH_SCRIPT, judgeQuorum, parseEtcdHealth, type Member } from '../../../src/upgrade/etcd/health.ts';
import { etcdImageScript, isEtcdAtTarget } from '../../../src/upgrade/etcd/image.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { TO } from '../../support/builders.ts';

/** Runs a script on a machine whose etcd manifest and whose programs are the test's. */
function onNode(script: string, manifest: string | undefined, programs: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-'));
  mkdirSync(join(dir, 'bin'));
  if (manifest !== undefined) writeFileSync(join(dir, 'etcd.yaml'), manifest);
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  for (const name of ['sed', 'head', 'tr', 'grep', 'tail', 'timeout', 'mktemp', 'rm', 'cat'])
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`, { mode: 0o755 });
  const here = script
    .replaceAll('/etc/kubernetes/manifests/etcd.yaml', `${dir}/etcd.yaml`)
    .replaceAll('/usr/lib/apt/apt-helper', `${dir}/bin/apt-helper`);
  const { stdout } = spawnSync('/bin/sh', ['-c', here], {
    env: { PATH: `${dir}/bin`, DIR: dir, TMPDIR: dir },
    encoding: 'utf8',
  });
  rmSync(dir, { recursive: true });
  return stdout;
}

const MANIFEST = `spec:
  containers:
  - command:
    - etcd
    - --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379
    - --listen-metrics-urls=http://127.0.0.1:2381
    image: registry.k8s.io/etcd:3.6.5-0
`;

describe('the health of etcd', () => {
  /** curl that answers only at this URL, and prints its options and every other URL. */
  const curlAt = (url: string): Record<string, string> => ({
    curl: `for word in "$@"; do :; done; [ "$word" = '${url}' ] || { printf '%s\n' "curl: cannot connect"; exit 7; }; printf '{"health":"true","reason":""}'`,
  });
  const printing = { curl: `printf '%s ' "$@"` };
  const HEALTHY = '{"health":"true","reason":""}';
  const flag = (urls: string): string => MANIFEST.replace('http://127.0.0.1:2381', urls);

  const URLS: readonly [string, string, string][] = [
    ['the loopback address of IPv4', MANIFEST, 'http://127.0.0.1:2381'],
    ['the loopback address of IPv6', flag('http://[::1]:2381'), 'http://[::1]:2381'],
    ['the address of the node', flag('http://10.0.0.1:2381'), 'http://10.0.0.1:2381'],
    ['the IPv6 address of the node', flag('http://[fd00:10::1]:2381'), 'http://[fd00:10::1]:2381'],
    ['a name', flag('http://cp1.example.com:2381'), 'http://cp1.example.com:2381'],
    ['the wildcard of IPv4', flag('http://0.0.0.0:2383'), 'http://127.0.0.1:2383'],
    ['the wildcard of IPv6', flag('http://[::]:2383'), 'http://[::1]:2383'],
    ['the first of several', flag('http://127.0.0.1:9999,http://10.0.0.1:2381'), 'http://127.0.0.1:9999'],
    ['https', flag('https://10.0.0.1:2381'), 'https://10.0.0.1:2381'],
    ['quotes', MANIFEST.replace(/- (--listen-metrics.*)/, '- "$1"'), 'http://127.0.0.1:2381'],
    ['two items', MANIFEST.replace('urls=http://127.0.0.1:2381', 'urls\n    - http://[::1]:2381'), 'http://[::1]:2381'],
    ['a list in one line', 'command: [etcd, "--listen-metrics-urls=http://[::1]:2381"]', 'http://[::1]:2381'],
    ['JSON', '{"command":["etcd","--listen-metrics-urls","http://[::1]:2381"]}', 'http://[::1]:2381'],
    ['the last of two flags', `${MANIFEST}    - --listen-metrics-urls=http://[::1]:2382\n`, 'http://[::1]:2382'],
    ['a comment before it', `# - --listen-metrics-urls=http://10.9.9.9:1\n${MANIFEST}`, 'http://127.0.0.1:2381'],
    ['no metrics URL', MANIFEST.replace(/.*metrics.*\n/, ''), 'https://127.0.0.1:2379'],
    ['a URL for clients over HTTP', '- --listen-client-http-urls=http://127.0.0.1:2378', 'http://127.0.0.1:2378'],
    ['no flag at all', 'spec: {}', 'http://127.0.0.1:2379'],
  ];
  for (const [what, manifest, url] of URLS)
    it(`is asked at the URL of the manifest, with ${what}`, () => {
      expect(onNode(ETCD_HEALTH_SCRIPT, manifest, curlAt(`${url}/health`))).to.equal(
        `etcd at ${url} says ${HEALTHY}\n`,
      );
    });

  it('is asked at the next URL when one does not answer', () => {
    const manifest = flag('http://127.0.0.1:9999,http://10.0.0.1:2381');
    const printed = onNode(ETCD_HEALTH_SCRIPT, manifest, curlAt('http://10.0.0.1:2381/health'));
    expect(printed).to.equal(
      `etcd at http://127.0.0.1:9999 says curl: cannot connect \netcd at http://10.0.0.1:2381 says ${HEALTHY}\n`,
    );
    expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(known({ kind: 'healthy' }));
  });

  it('is asked at four URLs at most, and all that they answer is told', () => {
    const manifest = flag([1, 2, 3, 4, 5].map((port) => `http://[::1]:${port}`).join());
    const printed = onNode(ETCD_HEALTH_SCRIPT, manifest, { curl: 'echo "curl: (7) refused"' });
    expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(
      notKnown(
        `etcd on cp1 does not report its health: ${[1, 2, 3, 4].map((port) => `http://[::1]:${port}/health: curl: (7) refused`).join('; ')}`,
      ),
    );
  });

  it('is asked over https with the client certificate that kubeadm made', () => {
    const certificates = (folder: string): string =>
      `--cacert ${folder}/ca.crt --cert ${folder}/healthcheck-client.crt --key ${folder}/healthcheck-client.key`;
    const https = flag('https://[::1]:2381');
    expect(onNode(ETCD_HEALTH_SCRIPT, https, printing)).to.include(
      `says -q -sSg --noproxy * --max-time 10 ${certificates('/etc/kubernetes/pki/etcd')} https://[::1]:2381/health \n`,
    );
    expect(onNode(ETCD_HEALTH_SCRIPT, `${https}    - --trusted-ca-file=/srv/pki/ca.crt\n`, printing)).to.include(
      certificates('/srv/pki'),
    );
    expect(onNode(ETCD_HEALTH_SCRIPT, MANIFEST, printing)).to.include(
      'says -q -sSg --noproxy * --max-time 10 http://127.0.0.1:2381/health \n',
    );
  });

  it('is asked by what apt brings along where there is no curl', () => {
    const helper = `for word in "$@"; do :; done; printf '${HEALTHY}' >"$word"`;
    expect(onNode(ETCD_HEALTH_SCRIPT, flag('http://[::1]:2381'), { 'apt-helper': helper })).to.equal(
      `etcd at http://[::1]:2381 says ${HEALTHY}\n`,
    );
    const failing = onNode(ETCD_HEALTH_SCRIPT, flag('https://10.0.0.1:2381'), {
      'apt-helper': `echo "E: Connection refused $*" | sed 's| /[^ ]*tmp[^ ]*$||'; exit 100`,
    });
    expect(failing).to.match(
      /^etcd at https:\/\/10\.0\.0\.1:2381 says E: Connection refused .* -o Acquire::https::CaInfo=\/etc\/kubernetes\/pki\/etcd\/ca\.crt -o Acquire::https::SslCert=\S+healthcheck-client\.crt .* download-file https:\/\/10\.0\.0\.1:2381\/health/,
    );
    expect(parseEtcdHealth(failing, 'cp1').known).to.equal(false);
  });

  const HOSTILE = [
    'http://127.0.0.1:2381$(touch$IFS$DIR/evil)',
    '$(touch $DIR/evil)',
    '`touch $DIR/evil`',
    'http://127.0.0.1:1/;touch$IFS$DIR/evil',
    "http://[::1]:1' -o $DIR/evil '",
    '-o$DIR/evil',
    'file:///etc/shadow',
    'http://user:password@10.0.0.1:2381',
    'unix:///run/etcd.sock',
  ];
  for (const urls of HOSTILE)
    it(`runs nothing of a manifest that says ${urls}`, () => {
      const text = `spec:\n    - --listen-metrics-urls=${urls}\n    - --trusted-ca-file=${urls}\n`;
      const program = { curl: `for word in "$@"; do printf '<%s>' "$word"; done`, touch: 'echo run >&2' };
      const printed = onNode(ETCD_HEALTH_SCRIPT, text, program);
      expect(printed).to.match(/^etcd at http:\/\/(127\.0\.0\.1|\[::1\]):\d+ says (<[^<>]*>)+\n$/);
      expect(printed)
        .to.include('<--max-time><10><http://')
        .and.not.match(/evil|shadow|password/);
    });

  it('is none where there is no etcd', () => {
    expect(parseEtcdHealth(onNode(ETCD_HEALTH_SCRIPT, undefined, {}), 'cp1')).to.deep.equal(
      known({ kind: 'external' }),
    );
  });

  it('of a member that has lost its leader is not well', () => {
    const answer = 'etcd at http://[::1]:2381 says {"health":"false","reason":"RAFT NO LEADER"}\n';
    expect(parseEtcdHealth(answer, 'cp1')).to.deep.equal(
      known({ kind: 'unhealthy', because: 'health false: RAFT NO LEADER' }),
    );
  });

  it('of a member with an alarm is not well, and the alarm is named', () => {
    const answer = 'etcd at http://127.0.0.1:2381 says {"health":"false","reason":"ALARM NOSPACE"}';
    expect(parseEtcdHealth(answer, 'cp1')).to.deep.equal(
      known({ kind: 'unhealthy', because: 'health false: ALARM NOSPACE' }),
    );
  });

  it('is only what etcd says in so many words', () => {
    const at = 'etcd at http://[::1]:2381 says ';
    const does = 'etcd on cp1 does not report its health: http://[::1]:2381/health:';
    for (const [printed, why] of [
      ['', 'etcd on cp1 was not asked: the node printed no answer'],
      [at, `${does} no answer`],
      [`${at}<html>"health":"true"`, `${does} <html>"health":"true"`],
      [`${at}{"health":"true`, `${does} {"health":"true`],
      [`${at}{"health":1}`, `${does} {"health":1}`],
      [`${at}null`, `${does} null`],
    ] as const)
      expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(notKnown(why));
    fc.assert(
      fc.property(fc.string(), fc.anything(), (text, health) => {
        expect(parseEtcdHealth(`${at}${text}`, 'cp1').known).to.equal(false);
        const { known: isKnown, ...seen } = parseEtcdHealth(`${at}${JSON.stringify({ health })}`, 'cp1');
        expect(isKnown && 'value' in seen && seen.value.kind === 'healthy').to.equal(health === 'true');
      }),
    );
  });

  it('needs every member', () => {
    const member = (etcd: Member['etcd'], node = 'cp1'): Member => ({ node, etcd });
    const [well, none] = [member(known({ kind: 'healthy' })), member(known({ kind: 'external' }))];
    const unwell = member(known({ kind: 'unhealthy', because: 'health false: RAFT NO LEADER' }), 'cp2');
    expect(judgeQuorum([well, well])).to.deep.equal({ kind: 'healthy' });
    expect(judgeQuorum([none, none])).to.deep.equal({ kind: 'elsewhere' });
    expect(judgeQuorum([])).to.deep.equal({ kind: 'elsewhere' });
    expect(judgeQuorum([well, member(notKnown('a')), unwell])).to.deep.equal({
      ...{ kind: 'unhealthy', because: 'a; etcd on cp2 reports health false: RAFT NO LEADER' },
    });
    expect(judgeQuorum([none, member(notKnown('a'))]).kind).to.equal('unhealthy');
  });
});

describe('the image of etcd', () => {
  const images = (wanted: string): Record<string, string> => ({
    kubeadm: `echo "$*" | grep -q 'config images list --kubernetes-version v1.34.10' || exit 1; echo registry.k8s.io/kube-proxy:v1.34.10; echo ${wanted}`,
  });
  const printed = (wanted = 'registry.k8s.io/etcd:3.6.5-0'): string =>
    onNode(etcdImageScript(TO), MANIFEST, images(wanted));
  const RUNNING = 'mirror.example.com:5000/etcd:3.6.5-0@sha256:abc';

  it('is there when manifest and pod have what kubeadm wants, from whatever registry', () => {
    expect(printed()).to.equal('wanted registry.k8s.io/etcd:3.6.5-0\nwritten registry.k8s.io/etcd:3.6.5-0\n');
    expect(isEtcdAtTarget(printed(), RUNNING)).to.equal(true);
  });

  const NOT: readonly [string, string, string | undefined][] = [
    ['kubeadm wants another', printed('registry.k8s.io/etcd:3.6.6-0'), RUNNING],
    ['the pod runs another', printed(), 'registry.k8s.io/etcd:3.6.4-0'],
    ['no pod is to be seen', printed(), undefined],
    ['the pod has no tag', printed(), 'registry.k8s.io:5000/etcd'],
    ['kubeadm says nothing', onNode(etcdImageScript(TO), MANIFEST, { kubeadm: 'exit 1' }), RUNNING],
    ['there is no manifest', onNode(etcdImageScript(TO), undefined, images('registry.k8s.io/etcd:3.6.5-0')), RUNNING],
    ['nothing was asked', '', RUNNING],
  ];
  for (const [what, text, running] of NOT)
    it(`is not there when ${what}`, () => {
      expect(isEtcdAtTarget(text, running)).to.equal(false);
    });
});

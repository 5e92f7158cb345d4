import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { ETCD_HEALTH_SCRIPT, judgeQuorum, parseEtcdHealth } from '../../src/upgrade/etcd-health.ts';
import { etcdImageScript, etcdIsThere } from '../../src/upgrade/etcd-image.ts';
import { known, notKnown } from '../../src/upgrade/reading.ts';
import { TO } from '../support/builders.ts';

/** Runs a script on a machine whose etcd manifest and whose programs are the test's. */
function onNode(script: string, manifest: string | undefined, programs: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'etcd-'));
  mkdirSync(join(dir, 'bin'));
  if (manifest !== undefined) writeFileSync(join(dir, 'etcd.yaml'), manifest);
  for (const [name, text] of Object.entries(programs))
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  for (const name of ['sed', 'head', 'tr', 'grep', 'mktemp', 'rm', 'cat'])
    writeFileSync(join(dir, 'bin', name), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`, { mode: 0o755 });
  const here = script
    .replaceAll('/etc/kubernetes/manifests/etcd.yaml', `${dir}/etcd.yaml`)
    .replaceAll('/usr/lib/apt/apt-helper', `${dir}/bin/apt-helper`);
  const { stdout } = spawnSync('/bin/sh', ['-c', here], { env: { PATH: `${dir}/bin` }, encoding: 'utf8' });
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
  const curl = (answer: string): Record<string, string> => ({ curl: `echo '${answer}'` });

  it('is asked at the address of its manifest', () => {
    const url = `for word in "$@"; do :; done; echo "{\\"health\\":\\"true\\",\\"reason\\":\\"$word\\"}"`;
    const at = (manifest: string): string => onNode(ETCD_HEALTH_SCRIPT, manifest, { curl: url });
    expect(at(MANIFEST)).to.equal('etcd says {"health":"true","reason":"http://127.0.0.1:2381/health"}\n');
    expect(at(MANIFEST.replace('127.0.0.1:2381', '127.0.0.1:9999,http://10.0.0.1:2381'))).to.include(
      'http://127.0.0.1:9999/health',
    );
    expect(at('spec: {}')).to.include('http://127.0.0.1:2381/health');
  });

  it('is asked by what apt brings along where there is no curl', () => {
    const helper = 'while [ $# -gt 2 ]; do shift; done; printf \'{"health":"true","reason":""}\' >"$2"';
    expect(onNode(ETCD_HEALTH_SCRIPT, MANIFEST, { 'apt-helper': helper })).to.equal(
      'etcd says {"health":"true","reason":""}\n',
    );
    const failing = onNode(ETCD_HEALTH_SCRIPT, MANIFEST, { 'apt-helper': "echo 'E: Connection refused'; exit 100" });
    expect(parseEtcdHealth(failing, 'cp1')).to.deep.equal(notKnown('the etcd of cp1 says E: Connection refused'));
  });

  it('is none where there is no etcd', () => {
    const printed = onNode(ETCD_HEALTH_SCRIPT, undefined, {});
    expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(known('none'));
  });

  it('of a member that has lost its leader is not well', () => {
    const printed = onNode(ETCD_HEALTH_SCRIPT, MANIFEST, curl('{"health":"false","reason":"RAFT NO LEADER"}'));
    expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(
      notKnown('the etcd of cp1 says {"health":"false","reason":"RAFT NO LEADER"}'),
    );
  });

  it('is only what etcd says in so many words', () => {
    for (const [printed, why] of [
      ['', 'nobody could ask the etcd of cp1'],
      ['etcd says ', 'the etcd of cp1 says nothing'],
      ['etcd says <html>"health":"true"', 'the etcd of cp1 says <html>"health":"true"'],
      ['etcd says {"health":"true', 'the etcd of cp1 says {"health":"true'],
    ] as const)
      expect(parseEtcdHealth(printed, 'cp1')).to.deep.equal(notKnown(why));
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseEtcdHealth(`etcd says ${text}`, 'cp1').known).to.equal(/^\{"health": ?"true"[,}]/.test(text));
      }),
    );
  });

  it('needs every member', () => {
    expect(judgeQuorum([known('healthy'), known('healthy')])).to.deep.equal({ kind: 'healthy' });
    expect(judgeQuorum([known('none'), known('none')])).to.deep.equal({ kind: 'elsewhere' });
    expect(judgeQuorum([])).to.deep.equal({ kind: 'elsewhere' });
    expect(judgeQuorum([known('healthy'), notKnown('a'), notKnown('b')])).to.deep.equal({
      ...{ kind: 'unhealthy', because: 'a; b' },
    });
    expect(judgeQuorum([known('none'), notKnown('a')]).kind).to.equal('unhealthy');
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
    expect(etcdIsThere(printed(), RUNNING)).to.equal(true);
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
      expect(etcdIsThere(text, running)).to.equal(false);
    });
});

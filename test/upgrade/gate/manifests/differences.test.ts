import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { differencesOf, type Difference } from '../../../../src/upgrade/gate/manifests/differences.ts';
import { expectedEtcd, type LocalEtcd } from '../../../../src/upgrade/gate/manifests/etcd.ts';
import { comparedTexts } from '../../../../src/upgrade/gate/manifests/unified-diff.ts';
import { edited, ETCD_MANIFEST, UPGRADE_DIFF } from '../../../support/kubeadm.ts';

const said = ({ change, part, becomes }: Difference): string =>
  [
    change,
    part.name,
    ...(part.shown === undefined ? [] : [part.shown]),
    ...(becomes === undefined ? [] : ['->', becomes]),
  ].join(' ');
const between = (is: string, becomes: string, component = 'kube-apiserver'): string[] =>
  differencesOf(parse(is), parse(becomes), component).map(said);

describe('a diff of kubeadm', () => {
  const sections = comparedTexts(UPGRADE_DIFF) ?? [];

  it('names every part of each static pod that an upgrade removes or changes', () => {
    const all = sections.flatMap(({ path, is, becomes }) => {
      const component = path.replace(/^.*\/|\.yaml$/g, '');
      return between(is, becomes, component).map((line) => `${component} ${line}`);
    });
    expect(all).to.deep.equal([
      'kube-apiserver changes the flag --audit-log-maxage 90 -> 30',
      'kube-apiserver removes the flag --authentication-config /etc/kubernetes/auth/config.yaml',
      'kube-apiserver removes the environment variable HTTPS_PROXY',
      'kube-apiserver removes the environment variable GOGC',
      'kube-apiserver changes resources.requests.cpu 2 -> 250m',
      'kube-apiserver removes resources.limits.memory 8Gi',
      'kube-apiserver removes the volume auth (/etc/kubernetes/auth)',
      'kube-apiserver removes the host alias 10.0.0.9 sso.example',
      'kube-controller-manager removes the flag --terminated-pod-gc-threshold 100',
      'kube-controller-manager removes the flag --node-cidr-mask-size 25',
      'kube-scheduler removes the flag --config /etc/kubernetes/scheduler/config.yaml',
    ]);
  });

  it('without the whole of both manifests is not taken for one', () => {
    expect(comparedTexts(UPGRADE_DIFF.replace('@@ -1,', '@@ -2,'))).to.equal(undefined);
    expect(comparedTexts(UPGRADE_DIFF.split('\n').slice(0, 40).join('\n'))).to.equal(undefined);
    expect(
      comparedTexts('--- /etc/kubernetes/manifests/x.yaml\n+++ new manifest\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n'),
    ).to.equal(undefined);
    expect(comparedTexts('')).to.deep.equal([]);
    expect(comparedTexts('[upgrade/diff] Reading configuration from the cluster...\n')).to.deep.equal([]);
  });

  it('law: a line of a manifest is never taken for a header of the diff', () => {
    const line = fc.constantFrom(
      'a: 1',
      '-- /etc/kubernetes/manifests/kube-scheduler.yaml',
      '++ new manifest',
      '@@ -1 +1 @@',
      '',
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.array(line, { minLength: 1 }), (is, becomes) => {
        const hunk = [...is.map((each) => `-${each}`), ...becomes.map((each) => `+${each}`)].join('\n');
        const diff = `--- /m.yaml\n+++ new manifest\n@@ -1,${is.length} +1,${becomes.length} @@\n${hunk}\n`;
        expect(comparedTexts(diff)).to.deep.equal([
          { path: '/m.yaml', is: is.join('\n'), becomes: becomes.join('\n') },
        ]);
      }),
    );
  });
});

describe('a static pod', () => {
  const POD = sectionOf('kube-apiserver');
  function sectionOf(component: string): string {
    return comparedTexts(UPGRADE_DIFF)?.find(({ path }) => path.includes(component))?.becomes ?? '';
  }
  const withLine = (before: string, ...lines: string[]): string =>
    edited(POD, before, `${lines.join('\n')}\n${before}`);

  it('differs from itself in nothing', () => {
    expect(between(POD, POD)).to.deep.equal([]);
  });

  const LEGITIMATE: readonly [string, string][] = [
    ['another version of its image', POD.replace(':v1.34.10', ':v1.35.4')],
    ['a digest of its image', POD.replace(':v1.34.10', ':v1.34.9@sha256:0123')],
    ['a creationTimestamp of an older kubeadm', POD.replace('metadata:', 'metadata:\n  creationTimestamp: null')],
    ["kubeadm's own annotations and labels", POD.replace('10.0.0.1:6443', '10.0.0.2:6443')],
    ['what a probe asks', POD.replaceAll('port: probe-port', 'port: 6443').replaceAll('/livez', '/healthz')],
    [
      'a probe that the next minor adds',
      edited(POD, POD.slice(POD.indexOf('    readinessProbe:'), POD.indexOf('    resources:')), ''),
    ],
    [
      'the port of the probes',
      edited(POD, '    ports:\n    - containerPort: 6443\n      name: probe-port\n      protocol: TCP\n', ''),
    ],
    [
      'a directory with CAs that the machine has since',
      POD.replaceAll('etc-ca-certificates', 'etc-pki').replaceAll('/etc/ca-certificates', '/etc/pki'),
    ],
    ['another way to write a quantity', POD.replace('cpu: 250m', 'cpu: "0.25"')],
    [
      'flags in another order',
      edited(POD, '    - --allow-privileged=true\n', '').replace('    image:', '    - --allow-privileged\n    image:'),
    ],
    [
      'fields without a value',
      POD.replace('    image:', '    securityContext: {}\n    terminationMessagePath: ""\n    image:').replace(
        'spec:\n',
        'spec:\n  tolerations: []\n  nodeSelector: null\n',
      ),
    ],
    ['a flag in two words with underscores', POD.replace('- --secure-port=6443', '- --secure_port\n    - "6443"')],
  ];
  for (const [what, is] of LEGITIMATE)
    it(`differs in nothing by ${what}`, () => {
      expect(is).not.to.equal(POD);
      expect(between(is, POD)).to.deep.equal([]);
    });

  const UNDONE: readonly [string, string, readonly string[]][] = [
    [
      'a flag that was removed by hand',
      edited(POD, '    - --enable-bootstrap-token-auth=true\n', ''),
      ['adds the flag --enable-bootstrap-token-auth true'],
    ],
    [
      'a flag that is there twice',
      withLine('    image:', '    - --tls-sni-cert-key=/a', '    - --tls-sni-cert-key=/b'),
      ['removes the flag --tls-sni-cert-key /a,/b'],
    ],
    [
      'another registry',
      POD.replace('registry.k8s.io/', 'mirror.example/k8s/'),
      ['changes the image mirror.example/k8s/kube-apiserver -> registry.k8s.io/kube-apiserver'],
    ],
    [
      'a more patient probe',
      POD.replace('timeoutSeconds: 15', 'timeoutSeconds: 60'),
      ['changes livenessProbe.timeoutSeconds 60 -> 15'],
    ],
    ['a sidecar', withLine('  hostNetwork:', '  - name: kms', '    image: kms:1'), ['removes the container kms']],
    [
      'an annotation and a label',
      POD.replace('  annotations:', '  annotations:\n    example.com/scrape: "true"').replace(
        '  labels:',
        '  labels:\n    team: a',
      ),
      ['removes the annotation example.com/scrape', 'removes the label team'],
    ],
    [
      'a field of the pod',
      withLine('  hostNetwork:', '  dnsPolicy: ClusterFirstWithHostNet'),
      ['removes spec.dnsPolicy ClusterFirstWithHostNet'],
    ],
    [
      'a field of the container',
      withLine('    image:', '    workingDir: /x')
        .replace('    workingDir: /x\n    image', '    image')
        .replace(
          '    name: kube-apiserver\n',
          '    name: kube-apiserver\n    securityContext:\n      privileged: true\n',
        ),
      ['removes securityContext.privileged true'],
    ],
    [
      'a file of a volume that is elsewhere',
      POD.replace('path: /etc/kubernetes/pki\n', 'path: /srv/pki\n'),
      ['changes the volume k8s-certs (/srv/pki)'],
    ],
    [
      'a mount alone',
      withLine('    - mountPath: /etc/kubernetes/pki\n', '    - mountPath: /pki', '      name: k8s-certs'),
      ['removes the mount of /pki'],
    ],
    [
      'a program around it, once',
      POD.replace('    - kube-apiserver\n', '    - /bin/wrapper\n    - kube-apiserver\n'),
      ['changes the command /bin/wrapper'],
    ],
  ];
  for (const [what, is, lines] of UNDONE)
    it(`loses ${what}`, () => {
      expect(between(is, POD)).to.deep.equal(lines);
    });

  it('shows no value of a variable, and no secret in a flag', () => {
    const is = withLine('    image:', '    - --x=https://user:hunter2@proxy.example').replace(
      '    image:',
      '    env:\n    - name: P\n      value: hunter2\n    image:',
    );
    const lines = between(is, POD).join();
    expect(lines).to.include('the environment variable P').and.include('the flag --x');
    expect(lines).not.to.include('hunter2');
  });

  it('law: of any YAML, the comparison ends, and nothing differs from itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        differencesOf({ spec: { containers: [one] }, metadata: one }, { spec: other }, 'etcd');
        expect(differencesOf(one, one, 'etcd')).to.deep.equal([]);
      }),
    );
  });
});

describe('etcd', () => {
  const LOCAL: LocalEtcd = {
    ...{ dataDir: '/var/lib/etcd', certificatesDir: '/etc/kubernetes/pki', imageRepository: 'registry.k8s.io' },
    ...{ extraArgs: [], extraEnvs: [] },
  };
  const lost = (manifest: string, local: Partial<LocalEtcd> = {}): string[] => {
    const is: unknown = parse(manifest);
    return differencesOf(is, expectedEtcd(is, { ...LOCAL, ...local }), 'etcd').map(said);
  };
  const flag = (...flags: string[]): string =>
    edited(ETCD_MANIFEST, '    image:', `${flags.map((each) => `    - ${each}\n`).join('')}    image:`);

  it('as kubeadm wrote it loses nothing', () => {
    expect(lost(ETCD_MANIFEST)).to.deep.equal([]);
  });

  it('as an older kubeadm wrote it, or for a member that joined, loses nothing', () => {
    const older = ETCD_MANIFEST.replace(
      '--feature-gates=InitialCorruptCheck=true',
      '--experimental-initial-corrupt-check=true',
    )
      .replace('--watch-progress-notify-interval', '--experimental-watch-progress-notify-interval')
      .replace(
        '--initial-cluster=cp1=',
        '--initial-cluster-state=existing\n    - --initial-cluster=cp0=https://10.0.0.8:2380,cp1=',
      );
    const withoutPorts = edited(
      older,
      older.slice(older.indexOf('    ports:'), older.indexOf('    readinessProbe:')),
      '',
    );
    expect(lost(withoutPorts.replaceAll('probe-port', '2381'))).to.deep.equal([]);
    expect(lost(ETCD_MANIFEST.replaceAll('10.0.0.1', '[fd00::1]').replaceAll('127.0.0.1', '[::1]'))).to.deep.equal([]);
  });

  it('loses a flag that ClusterConfiguration does not name', () => {
    const manifest = flag('--quota-backend-bytes=8589934592', '--auto-compaction-retention', '1h');
    expect(lost(manifest)).to.deep.equal([
      'removes the flag --quota-backend-bytes 8589934592',
      'removes the flag --auto-compaction-retention 1h',
    ]);
    const extraArgs = [
      { name: 'quota-backend-bytes', value: '8589934592' },
      { name: 'auto-compaction-retention', value: '1h' },
    ];
    expect(lost(manifest, { extraArgs })).to.deep.equal([]);
    expect(lost(ETCD_MANIFEST, { extraArgs })).to.have.length(2);
  });

  it('loses another value of what kubeadm writes', () => {
    const manifest = ETCD_MANIFEST.replace(
      '--listen-metrics-urls=http://127.0.0.1:2381',
      '--listen-metrics-urls=http://0.0.0.0:2381',
    )
      .replace('--snapshot-count=10000', '--snapshot-count=50000')
      .replace('InitialCorruptCheck=true', 'InitialCorruptCheck=true,StopGRPCServiceOnDefrag=true')
      .replace('cpu: 100m', 'cpu: "4"');
    expect(lost(manifest)).to.deep.equal([
      'changes the flag --feature-gates InitialCorruptCheck=true,StopGRPCServiceOnDefrag=true -> InitialCorruptCheck=true',
      'changes the flag --listen-metrics-urls http://0.0.0.0:2381 -> http://127.0.0.1:2381',
      'changes the flag --snapshot-count 50000 -> 10000',
      'changes resources.requests.cpu 4 -> 100m',
    ]);
    const extraArgs = [{ name: 'snapshot-count', value: '50000' }];
    expect(lost(manifest, { extraArgs }).join()).not.to.include('snapshot-count');
  });

  it('follows the directories, the registry and the variables of ClusterConfiguration', () => {
    const manifest = ETCD_MANIFEST.replaceAll('/var/lib/etcd', '/data/etcd')
      .replaceAll('/etc/kubernetes/pki', '/pki')
      .replace('registry.k8s.io/', 'mirror.example/');
    const local = { dataDir: '/data/etcd', certificatesDir: '/pki', imageRepository: 'mirror.example' };
    expect(lost(manifest, local)).to.deep.equal([]);
    expect(lost(manifest)).to.include.members([
      'changes the flag --data-dir /data/etcd -> /var/lib/etcd',
      'changes the image mirror.example/etcd -> registry.k8s.io/etcd',
      'changes the volume etcd-data (/data/etcd)',
    ]);
    const withEnv = ETCD_MANIFEST.replace('    image:', '    env:\n    - name: GOGC\n      value: "50"\n    image:');
    expect(lost(withEnv)).to.deep.equal(['removes the environment variable GOGC']);
    expect(lost(withEnv, { extraEnvs: [{ name: 'GOGC', value: '50' }] })).to.deep.equal([]);
  });

  it('law: whatever stands in the manifest, there is an answer', () => {
    fc.assert(fc.property(fc.jsonValue(), (is) => Array.isArray(differencesOf(is, expectedEtcd(is, LOCAL), 'etcd'))));
  });
});

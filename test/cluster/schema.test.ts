import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { publish } from '../../scripts/generated.ts';
import { PUBLISHED, publishedSchema } from '../../scripts/schema.ts';
import { readSettings } from '../../src/cluster/read.ts';
import { clusterSchema } from '../../src/cluster/schema.ts';
import type { SettingSchema } from '../../src/settings/schema.ts';
import { UNIT } from '../../src/cluster/expectations.ts';
import { runs } from '../support/long.ts';

const REPOSITORY = 'registry.example.com/platform/argo-kubeadm-upgrade';
const EXAMPLE = readFileSync('clusters/example.yaml', 'utf8');

interface Setting {
  readonly path: readonly string[];
  readonly schema: SettingSchema;
}

function settingsBelow({ properties = {} }: SettingSchema, path: readonly string[] = []): Setting[] {
  return Object.entries(properties).flatMap(([key, schema]) => [
    { path: [...path, key], schema },
    ...settingsBelow(schema, [...path, key]),
  ]);
}

const SETTINGS = settingsBelow(clusterSchema);
const nameOf = ({ path }: Setting): string => path.join('.');

/** A file that sets one setting; the list settings get a list of one item. */
function fileWith(path: string, value: unknown): string {
  const file: Record<string, unknown> = { images: { repository: REPOSITORY } };
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let section = file;
  if (path.startsWith('secrets.externalSecret')) file.secrets = { externalSecret: { storeName: 's', remoteKey: 'k' } };
  if (path.startsWith('controlPlane.restoreHook'))
    file.controlPlane = { restoreHook: { configMap: 'a/b', sha256: '0'.repeat(64) } };
  if (/^(alerts|dashboard)/.test(path)) file.metrics = { pushgatewayUrl: 'http://pushgateway' };
  if (path.startsWith('certificateAuthorities')) file.certificateAuthorities = { name: 'corporate-ca' };
  if (path.startsWith('monitoring.')) file.monitoring = { prometheusUrl: 'http://p' };
  for (const key of keys) section = (section[key] ??= {}) as Record<string, unknown>;
  section[last] = value;
  return stringify(file);
}

const accepts = (path: string, value: unknown): boolean =>
  readSettings(fileWith(path, value), 'f').problems.length === 0;

describe('the settings schema', () => {
  it('explains every setting', () => {
    expect(SETTINGS.filter(({ schema }) => !/^.+\.$/.test(schema.description ?? '')).map(nameOf)).to.deep.equal([]);
  });

  it('lets no section take unknown keys', () => {
    const open = SETTINGS.filter(({ schema }) => schema.type === 'object' && schema.additionalProperties !== false);
    expect(open.map(nameOf)).to.deep.equal([]);
  });

  it('says in words what every text must be, and gives every number its unit', () => {
    const wordless = SETTINGS.filter(({ path, schema: list }) => {
      const schema = list.items ?? list;
      if (schema.type === 'string') return (schema.title ?? schema.enum) === undefined;
      return schema.type === 'integer' && schema.title === undefined && !UNIT.test(path.at(-1) ?? '');
    });
    expect(wordless.map(nameOf)).to.deep.equal([]);
  });

  it('accepts each example that its words give', () => {
    for (const { path, schema } of SETTINGS) {
      const [, examples = ''] = /, such as (.*)$/.exec((schema.items ?? schema).title ?? '') ?? [];
      for (const example of examples.split(' or ').filter(Boolean)) {
        expect(accepts(path.join('.'), schema.items ? [example] : example), `${path.join('.')}: ${example}`).to.equal(
          true,
        );
      }
    }
  });

  it('is published as it is (else: npm run schema)', async () => {
    expect(publish('.', await publishedSchema(), { check: true })).to.deep.equal({
      exitCode: 0,
      says: '1 page is current',
    });
  });

  it('names the remedy when the published file is stale, and writes it when told to', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'schema-'));
    const schema = await publishedSchema();
    const stale = { exitCode: 1, says: `${PUBLISHED}: not current; run: npm run schema` };
    try {
      expect(publish(dir, schema, { check: true })).to.deep.equal(stale);
      expect(publish(dir, schema, { check: false })).to.deep.equal({ exitCode: 0, says: `wrote ${PUBLISHED}` });
      expect(publish(dir, schema, { check: true })).to.deep.equal({ exitCode: 0, says: '1 page is current' });
      writeFileSync(join(dir, PUBLISHED), '{}');
      expect(publish(dir, schema, { check: true })).to.deep.equal(stale);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('clusters/example.yaml', () => {
  const uncommented = EXAMPLE.replace(/^( *)#(?=\w| {2})/gm, '$1');

  it('names the schema to the editor in its first line', () => {
    expect(EXAMPLE.split('\n')[0]).to.equal('# yaml-language-server: $schema=../docs/reference/cluster.schema.json');
  });

  it('sets every setting that has a default, to its default', () => {
    const minimal = readSettings(stringify({ images: { repository: REPOSITORY } }), 'f');
    expect(parse(EXAMPLE)).to.deep.equal(minimal.settings);
  });

  it('shows every setting, those without a default behind a #', () => {
    const shown = parse(uncommented) as Record<string, unknown>;
    const valueAt = (path: readonly string[]): unknown =>
      path.reduce<unknown>((section, key) => (section as Record<string, unknown> | undefined)?.[key], shown);
    expect(SETTINGS.filter(({ path }) => valueAt(path) === undefined).map(nameOf)).to.deep.equal([]);
  });

  it('is right with what is behind a # as well', () => {
    expect(readSettings(uncommented, 'f').problems).to.deep.equal([]);
  });

  it('explains every setting to the operator, in the line above it', () => {
    const lines = EXAMPLE.split('\n');
    const bare = lines.filter((line, i) => /^ *#?\w+:/.test(line) && !(lines[i - 1] ?? '').includes('# '));
    expect(bare.map((line) => line.trim())).to.deep.equal([]);
  });
});

describe('a setting', () => {
  const TABLE: [path: string, accepted: unknown[], refused: unknown[]][] = [
    [
      'annotationPrefix',
      ['a/', 'upgrade.example.com/'],
      [
        '',
        '/',
        'example.com',
        'Example.com/',
        'a..b/',
        '-a/',
        'a/b/',
        'kubernetes.io/',
        'x.kubernetes.io/',
        'node.k8s.io/',
        'k8s.io/',
      ],
    ],
    [
      'nightly.schedule',
      ['*/5 1-3,5 1 JAN-mar 1-5', '5/15 * * * *', '0 0 29 2 *', '0 0 31 2 1'],
      [
        '',
        '@daily',
        'TZ=UTC 0 23 * * *',
        '0 23 * *',
        '0 23 * * * *',
        '0  23 * * *',
        '60 * * * *',
        '* 24 * * *',
        '* * 0 * *',
        '* * * 13 *',
        '* * * * 7',
        '3-1 * * * *',
        '*/0 * * * *',
        '1- * * * *',
        '1,, * * * *',
        '* * * ANF *',
        '0 0 31 2 *',
        '0 0 31 4,6,9,11 *',
      ],
    ],
    [
      'nightly.timezone',
      ['UTC', 'Etc/GMT+1', 'Asia/Kolkata', 'America/Port_of_Spain'],
      ['', 'Local', 'CEST', 'europe/berlin', '+01:00', '../etc/passwd'],
    ],
    ['nightly.startingDeadlineSeconds', [60, 86_400], [59, 86_401, 60.5, '60', true]],
    [
      'policy.skipVersions',
      [[], ['1.34.9', '1.9.10']],
      [['1.34'], ['v1.34.9'], ['1.34.09'], ['1.34.9-rc.1'], [' 1.34.9'], ['1.34.9\n']],
    ],
    [
      'packages.repository',
      ['http://10.0.0.1:8080', 'https://mirror.example.com/k8s/core:/stable:'],
      [
        'pkgs.k8s.io',
        'ftp://a/b',
        'https://',
        'https://a/',
        'https://a//b',
        'https://a/../b',
        'https://a/b?c=d',
        'https://u:p@a/b',
        'https://a/b c',
        'https://a/$(id)',
      ],
    ],
    ['maintenance.timezone', ['UTC', 'Europe/Berlin'], ['', 'CEST']],
    [
      'maintenance.windows',
      [[], [{ days: ['mon'], start: '23:00', end: '06:00' }], [{ days: ['sat', 'sun'], start: '00:00', end: '00:00' }]],
      [
        [{ days: [], start: '23:00', end: '06:00' }],
        [{ days: ['mon', 'mon'], start: '23:00', end: '06:00' }],
        [{ days: ['Mon'], start: '23:00', end: '06:00' }],
        [{ days: ['mon'], start: '24:00', end: '06:00' }],
        [{ days: ['mon'], start: '9:00', end: '12:00' }],
        [{ days: ['mon'], start: '23:00' }],
        [{ days: ['mon'], start: '23:00', end: '23:44' }],
      ],
    ],
    [
      'maintenance.freezes',
      [[], [{ from: '2026-12-20', to: '2026-12-20', reason: 'holidays' }]],
      [
        [{ from: '2026-12-20', to: '2026-12-19', reason: 'holidays' }],
        [{ from: '2026-02-29', to: '2026-12-20', reason: 'holidays' }],
        [{ from: '20.12.2026', to: '2026-12-20', reason: 'holidays' }],
        [{ from: '2026-12-20', to: '2026-12-20' }],
        [{ from: '2026-12-20', to: '2026-12-20', reason: '{{x}}' }],
      ],
    ],
    ['maintenance.assumedNodeSeconds', [60, 86_400], [59, 86_401, '60']],
    ['workers.maxUnavailable', [1, 100], [0, 101, '1', 1.5]],
    ['workers.canary.names', [[], ['worker-1', 'w1.example.com']], [['W1'], ['a', 'a'], ['']]],
    [
      'workers.canary.labels',
      [[], ['node-restriction.kubernetes.io/pool=canary', 'node-role.kubernetes.io/canary=']],
      [
        ...[['canary'], ['pool=canary'], ['example.com/pool=a'], ['kubernetes.io/hostname=w1']],
        ...[
          ['node.kubernetes.io/pool=a'],
          ['topology.kubernetes.io/zone=a'],
          ['node-restriction.kubernetes.io.evil/a=b'],
        ],
        ...[
          ['node-restriction.kubernetes.io/a=b,c'],
          ['node-restriction.kubernetes.io/a=b', 'node-restriction.kubernetes.io/a=b'],
        ],
      ],
    ],
    [
      'runners.withSshKey.nodeSelector',
      [
        ['node-role.kubernetes.io/control-plane='],
        ['node-restriction.kubernetes.io/upgrades=yes', 'ops.node-restriction.kubernetes.io/steps='],
      ],
      [
        [],
        ['pool=upgrades'],
        ['kubernetes.io/hostname=w1'],
        ['node.kubernetes.io/instance-type=m5'],
        ['example.com/node-role.kubernetes.io/a='],
        ['node-role.kubernetes.io.example.com/a='],
        ['xnode-restriction.kubernetes.io/a='],
        ['-node-restriction.kubernetes.io/a='],
        ['node-role.kubernetes.io/control-plane'],
        ['a.node-role.kubernetes.io/b='],
      ],
    ],
    ['runners.others.nodeSelector', [[], ['node-role.kubernetes.io/ops=']], [['pool=upgrades']]],
    [
      'runners.others.tolerations',
      [[], [{ key: 'ops', operator: 'Exists' }], [{ key: 'ops', value: 'only', effect: 'NoExecute' }]],
      [
        [{}],
        [{ key: 'ops', operator: 'Exists', value: 'only' }],
        [{ key: 'ops', operator: 'exists' }],
        [{ key: 'ops', effect: 'None' }],
        [{ key: 'ops', value: '{{x}}' }],
      ],
    ],
    ['argo.version', ['4.0', '4.1'], [4.1, '4', '3.7']],
    ['policy.minimumReleaseAgeDays', [0, 365], [-1, 366, 1.5, '7']],
    ['policy.approvalSeconds', [60, 86_400], [59, 86_401, '60']],
    ['policy.minor', ['auto', 'approve', 'off'], ['', 'yes', true]],
    ['packages.source', ['node', 'repository'], ['', 'apt']],
    [
      'packages.httpsProxy',
      ['http://proxy:3128', 'https://proxy.example.com', 'http://10.0.0.1:65535'],
      [
        '',
        'proxy:3128',
        'http://proxy:3128/',
        'http://proxy:65536',
        'http://u:p@proxy:3128',
        'socks5://proxy:1080',
        'http://{{workflow.name}}',
      ],
    ],
    [
      'packages.noProxy',
      [[], ['.svc', 'mirror.example.com', '10.0.0.1', 'mirror:8080', '*']],
      [[''], ['a,b'], ['a b'], ['http://a'], ['10.0.0.0/8'], ['.'], ['a', 'a']],
    ],
    [
      'packages.sourceFile',
      ['/a.list', '/etc/apt/sources.list.d/k8s_1.34.list', '/etc/apt/sources.list.d/k8s.sources'],
      [
        'a.list',
        '/etc/../a.list',
        '/etc//a.list',
        '/etc/.list',
        '/etc/a',
        '/etc/.sources',
        '/etc/a.source',
        '/etc/a b.list',
        '/etc/$a.list',
        '/etc/.a.list',
      ],
    ],
    ['packages.keyringFile', ['/usr/share/keyrings/k8s.asc'], ['k8s.asc', '/etc/k8s.gpg', '/etc/~k8s.asc']],
    [
      'metrics.pushgatewayUrl',
      ['http://pushgateway:1', 'https://metrics.example.com', 'http://10.0.0.1:65535/behind/a-proxy'],
      [
        'pushgateway:9091',
        'http://pushgateway:9091/',
        'http://pushgateway:0',
        'http://pushgateway:65536',
        'http://pushgateway:99999',
        'http://pushgateway:9091/../x',
        'http://u:p@pushgateway',
        'http://pushgateway?a=b',
        'http://{{workflow.name}}',
      ],
    ],
    [
      'monitoring.prometheusUrl',
      ['http://prometheus', 'https://prometheus.example.com:65535/k8s', 'http://[fd00::1]:9090', 'https://[::1]/k8s'],
      [
        ...['prometheus:9090', 'http://prometheus:9090/', 'http://prometheus:65536', 'http://u:p@prometheus'],
        ...['http://fd00::1', 'http://[:::]', 'http://[1:2]:9090', 'http://[fe80::1%25eth0]:9090', 'http://[fd00::1'],
      ],
    ],
    ['alerts.stalledAfterSeconds', [60, 86_400], [59, 86_401, '90m']],
    ['alerts.checkStaleAfterHours', [25, 8760], [24, 8761, 25.5]],
    ['alerts.stalledForSeconds', [0, 86_400], [-1, 86_401]],
    ['alerts.runbookUrl', ['https://git.example.com/runbook'], ['git.example.com', 'https://git.example.com/']],
    [
      'alerts.prometheusRule.labels',
      [[], ['release=kube-prometheus-stack', 'example.com/a.b_c=', 'A=1']],
      [['release'], ['=a'], ['a=b=c'], ['a = b'], ['/a=b'], ['a=b,c=d'], [`a=${'b'.repeat(64)}`], { release: 'a' }],
    ],
    ['alerts.configMap.namespace', ['monitoring'], ['', 'a.b', 'Monitoring']],
    ['dashboard.labels', [['grafana_dashboard=1']], [['grafana dashboard=1'], 'grafana_dashboard=1']],
    ['dashboard.folder', ['Kubernetes', 'Team A/Upgrades'], ['', ' a', 'a\nb', '{{x}}']],
    ['compatibility.untested.runtime', ['block', 'warn'], ['allow', true]],
    ['compatibility.deprecatedApis.lookbackHours', [0, 8760], [-1, 8761, '24', 1.5]],
    [
      'compatibility.addons',
      [
        [],
        [{ name: 'calico', required: true }],
        [{ name: 'own', images: ['host:5000/a/b', 'a'], versionPattern: '^v(\\d{1,2})$', noMatrix: true }],
        [{ name: 'calico', matrix: [{ floor: 'v3.40.1', minimumKubernetes: '1.9', maximumKubernetes: '1.10' }] }],
      ],
      [
        [{ name: 'Calico' }],
        [{ name: 'calico', images: [] }],
        [{ name: 'calico', images: ['a:v1'] }],
        [{ name: 'calico', images: ['a@sha256:0'] }],
        [{ name: 'calico', versionPattern: '(' }],
        [{ name: 'calico', versionPattern: '{{x}}(.)' }],
        [{ name: 'calico', matrix: 'none-published' }],
        [{ name: 'calico', matrix: [] }],
        [{ name: 'calico', matrix: [{ floor: '3.40' }] }],
        [{ name: 'calico', matrix: [{ floor: '3.40-rc.1', maximumKubernetes: '1.40' }] }],
        [{ name: 'calico', matrix: [{ floor: '3.40', maximumKubernetes: 'v1.40' }] }],
        [{ name: 'calico', matrix: [{ floor: '3.40', maximumKubernetes: '1.040' }] }],
        [{ name: 'calico', pin: 'no' }],
        [{ name: 'calico', pin: { reason: '' } }],
        [{ name: 'calico', pin: { reason: '$(HOME)' } }],
        [{ name: 'calico', pin: { reason: 'one\ntwo' } }],
      ],
    ],
    ['ssh.user', ['root', '_apt', 'k8s-admin'], ['', 'Root', '1a', '-a', 'a b', 'a$', 'u'.repeat(33)]],
    ['ssh.port', [1, 65_535], [0, 65_536, '22']],
    [
      'kubeadm.ignorePreflightErrors',
      [[], ['Swap', 'FileContent--proc-sys-net-ipv4-ip_forward']],
      [['all'], ['ALL'], ['a,b'], ['a b'], [''], 'Swap'],
    ],
    ['kubeadm.skipPhases', [[], ['addon', 'addon/kube-proxy']], [['addon/'], ['/addon'], ['--x'], ['a,b'], ['']]],
    [
      'kubeadm.patches',
      ['/etc/kubernetes/patches'],
      ['patches', '/patches', '/etc/../x', '/etc/a b', "/etc/'x", '/etc/kubernetes/patches/', ''],
    ],
    ['kubeadm.timeoutSeconds', [300], [299]],
    ['drain.gracePeriodSeconds', [1, 1800], [0, -1, 1801]],
    ['drain.maximumSeconds', [1800, 86_400], [1799, 59, 86_401]],
    ['drain.deleteDeadlocked', ['single', 'never', 'always'], ['all', true, '']],
    ['drain.noRoom', ['refuse', 'warn'], ['block', false]],
    ['drain.deleteEmptyDirData', [false], ['no', 0]],
    ['nodes.soakSeconds', [0], [-1]],
    ['snapshot.mode', ['cron-job', 'built-in', 'none'], ['builtIn', true, '']],
    ['snapshot.builtIn.keep', [1, 365], [0, 366, '7']],
    [
      'snapshot.builtIn.directory',
      ['/var/lib/etcd-backup', '/srv/a.b_c-d'],
      ['', '/', '/backup', 'var/lib/x', '/var/../etc', '/var//x', '/var/lib/x/', '/var/a b', '/var/.hidden'],
    ],
    [
      'snapshot.builtIn.image',
      ['gcr.io/etcd-development/etcd:v3.6.5', 'localhost:5000/etcd:3.5.24-0', 'registry.k8s.io/etcd:3.6.5-0'],
      [
        '',
        'etcd:v3.6.5',
        'gcr.io/etcd',
        'gcr.io/etcd:',
        'gcr.io/Etcd:v1',
        'https://gcr.io/etcd:v1',
        'gcr.io/etcd@sha256:00',
      ],
    ],
    ['nodes.minimumFreeDisk.varLibMiB', [0, 2048], [-1, 0.5, '2Gi']],
    [
      'nodes.containerdPackage',
      ['containerd', 'containerd.io', 'g++'],
      ['', 'a', 'Containerd', 'a b', '-a', 'a=1', 'a;b'],
    ],
    ['nodes.containerdVersion', ['2.2.1', '1.7.28'], ['', '2.2', 'v2.2.1', '2.2.1-1', '2.2.1;id', 2.2]],
    [
      'controlPlane.quiesce',
      [[], ['rook-ceph/rook-ceph-operator', 'a/b.c']],
      [['operator'], ['a/b/c'], ['/a'], ['A/b'], ['a/b,c'], 'a/b'],
    ],
    [
      'images.repository',
      ['localhost/a', 'localhost:5000/a', 'lab.invalid/k8s', 'host:5000/a', '10.0.0.1/a__b/c-d', 'ghcr.io/a/b.c'],
      [
        '',
        'a',
        'a/b',
        'host/a',
        'https://ghcr.io/a',
        'ghcr.io/A',
        'ghcr.io/a:1',
        'ghcr.io/a@sha256:00',
        'ghcr.io/a/',
        'ghcr.io',
        'ghcr.io//a',
        'ghcr.io/a___b',
      ],
    ],
    ['images.tag', ['0.1.0', 'v1', '_', 'A'], ['', '-a', '.a', 'a/b', 'a:b', 'sha256:00', 'a'.repeat(129), 1]],
    [
      'images.digests',
      [[], [`drain@sha256:${'0a'.repeat(32)}`]],
      [
        ...[
          ['drain'],
          [`sha256:${'0'.repeat(64)}`],
          [`drain@sha256:${'0'.repeat(63)}`],
          [`a@sha256:${'A'.repeat(64)}`],
        ],
        ...[[`a/drain@sha256:${'0'.repeat(64)}`], [`drain@sha512:${'0'.repeat(64)}`], 'a'],
      ],
    ],
    ['images.pullSecrets', [['a', 'a.b']], [['A'], ['a_b'], [''], [null]]],
    [
      'controlPlane.restoreHook.configMap',
      ['a/b', 'kube-system/a.b', `${'a'.repeat(63)}/${'b'.repeat(253)}`],
      ['', 'a', 'a/', '/b', 'a/b/c', 'A/b', 'a/B', 'a.b/c', '../b', 'a/..', `a/${'b'.repeat(254)}`, 'a/b\n', null],
    ],
    [
      'controlPlane.restoreHook.sha256',
      ['0'.repeat(64), 'af09'.repeat(16)],
      ['', '0'.repeat(63), '0'.repeat(65), 'A'.repeat(64), 'g'.repeat(64), `${'0'.repeat(64)}\n`, 0, null],
    ],
    ['secrets.name', ['a'.repeat(253)], ['', 'a'.repeat(254), 'A']],
    ['secrets.externalSecret.remoteKey', ['a', 'a b', 'prod/k8s#1'], ['', ' a', 'a ', 'a\nb']],
    [
      'secrets.externalSecret.refreshInterval',
      ['1h', '1h30m', '15m', '90s'],
      ['', '1', 'h', '0s', '1d', '30m1h', '-1h'],
    ],
    [
      'network.apiServerCidrs',
      [['0.0.0.0/0', '::/0', '1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7::/112']],
      [
        ['10.0.0.0'],
        ['10.0.0.1/8'],
        ['10.0.0.0/33'],
        ['10.0.0/8'],
        ['010.0.0.0/8'],
        ['256.0.0.0/8'],
        ['10.0.0.0/08'],
        [':::/0'],
        ['1::2::3/128'],
        ['1:2:3:4:5:6:7/128'],
        [':1::/16'],
        ['12345::/16'],
        ['::/129'],
      ],
    ],
    ['network.apiServerPorts', [[1], [6443, 443]], [[], [0], ['443'], [443, 443]]],
    ['network.dnsNamespace', ['dns'], ['', 'a.b', 'A', 'a'.repeat(64)]],
    ['resources.cpu', ['1', '1.5', '0.25', '100m'], ['', '0', '0m', '0.0', '-1', '1.5m', '1k', '.5', '0.0001', 1]],
    ['resources.memory', ['1k', '64Mi'], ['', '0Mi', '128', '128m', '128MB', '1.5Gi', '128 Mi', '128mi', 128]],
    ['history.keepPodsHours', [0, 168], [-1, 169]],
  ];
  for (const [path, accepted, refused] of TABLE) {
    it(`${path} takes what it should and nothing else`, () => {
      expect(
        accepted.filter((value) => !accepts(path, value)),
        'refused',
      ).to.deep.equal([]);
      expect(
        refused.filter((value) => accepts(path, value)),
        'accepted',
      ).to.deep.equal([]);
    });
  }

  it('that reaches a shell on a node never carries what a shell would read', () => {
    const single = ['ssh.user', 'packages.repository', 'packages.sourceFile', 'packages.keyringFile'];
    const lists = ['policy.skipVersions', 'kubeadm.ignorePreflightErrors', 'kubeadm.skipPhases'];
    const dangerous = fc.constantFrom(...Array.from(' \t\r\n\0$`\'"\\;&|<>()[]{}*?!~#^%=,'));
    fc.assert(
      fc.property(fc.constantFrom(...single, ...lists), dangerous, fc.nat(), (path, char, at) => {
        const good = GOOD[path] ?? '';
        const text = good.slice(0, at % (good.length + 1)) + char + good.slice(at % (good.length + 1));
        expect(accepts(path, lists.includes(path) ? [good] : good)).to.equal(true);
        expect(accepts(path, lists.includes(path) ? [text] : text), JSON.stringify(text)).to.equal(false);
      }),
      runs(500),
    );
  });
});

const GOOD: Record<string, string> = {
  'ssh.user': 'root',
  'packages.repository': 'https://pkgs.k8s.io/core:/stable:',
  'packages.sourceFile': '/etc/apt/sources.list.d/kubernetes.list',
  'packages.keyringFile': '/etc/apt/keyrings/kubernetes-apt-keyring.asc',
  'policy.skipVersions': '1.34.9',
  'kubeadm.ignorePreflightErrors': 'CoreDNSMigration',
  'kubeadm.skipPhases': 'addon/coredns',
};

import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readSettings } from '../../src/cluster/read.ts';
import { clusterSchema } from '../../src/cluster/schema.ts';
import type { SettingSchema } from '../../src/settings/schema.ts';
import { runs } from '../support/long.ts';

const REPOSITORY = 'registry.example.com/platform/argo-kubeadm-upgrade';
const MINIMAL = `images:\n  repository: ${REPOSITORY}\n`;

interface Section {
  readonly path: string;
  readonly schema: SettingSchema;
  /** The line of its heading in SECTIONS, from 1; 0 for the top of the file. */
  readonly line: number;
  readonly indent: string;
}

// Every section is here with at least one setting, so that a line can be put below its heading.
const { settings: DEFAULTS } = readSettings(MINIMAL, 'f');
const HOOK = { configMap: 'kube-system/apiserver-oidc-restore', sha256: '0'.repeat(64) };
const SECTIONS = stringify({
  ...DEFAULTS,
  controlPlane: { ...DEFAULTS?.controlPlane, restoreHook: HOOK },
  metrics: { pushgatewayUrl: 'http://pushgateway:9091' },
  monitoring: { prometheusUrl: 'http://prometheus:9090', alerts: { source: 'off' } },
  alerts: { prometheusRule: { namespace: 'monitoring' }, configMap: { namespace: 'monitoring' } },
  dashboard: { namespace: 'grafana' },
  certificateAuthorities: { name: 'corporate-ca' },
  secrets: { externalSecret: { storeName: 'vault', remoteKey: 'k8s' } },
});

function sections(schema: SettingSchema, path: string[] = []): Section[] {
  const heading = `${'  '.repeat(Math.max(0, path.length - 1))}${path.at(-1) ?? ''}:`;
  const own = {
    path: path.join('.'),
    schema,
    line: SECTIONS.split('\n').indexOf(heading) + 1,
    indent: '  '.repeat(path.length),
  };
  const inner = Object.entries(schema.properties ?? {}).filter(([, each]) => each.type === 'object');
  return [own, ...inner.flatMap(([key, each]) => sections(each, [...path, key]))];
}

/** Any settings that the schema allows; of text, what stands in `TEXTS` or is the default. */
function anyOf(schema: SettingSchema, path: string[] = []): fc.Arbitrary<unknown> {
  const name = path.join('.');
  if (name === 'compatibility.addons') return fc.subarray(ADDONS);
  switch (schema.type) {
    case 'object': {
      const inner = Object.entries(schema.properties ?? {});
      const settings = inner.map(([key, each]) => [key, anyOf(each, [...path, key])] as const);
      return fc.record(Object.fromEntries(settings), { requiredKeys: [...(schema.required ?? [])] });
    }
    case 'array':
      return fc.uniqueArray(anyOf(schema.items ?? schema, path), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer(RANGES[name] ?? { min: schema.minimum ?? 0, max: schema.maximum ?? 1e6 });
    case 'string':
      return fc.constantFrom(...(TEXTS[name] ?? schema.enum ?? [schema.default]));
  }
}

/** Alerts and the dashboard may be left out; where they are not, what they read must be pushed somewhere. The schedule meets the windows. */
const withGauges = (settings: unknown): object => ({
  metrics: { pushgatewayUrl: 'http://pushgateway' },
  ...(settings as object),
  nightly: { ...(settings as { nightly?: object }).nightly, schedule: '0 22 * * *' },
});

/** Narrower than the schema where two settings must agree. */
const RANGES: Record<string, { min: number; max: number }> = {
  'drain.gracePeriodSeconds': { min: 1, max: 300 },
  'drain.timeoutSeconds': { min: 300, max: 3600 },
  'drain.maximumSeconds': { min: 3600, max: 86_400 },
  'history.keepPodsHours': { min: 0, max: 24 },
  'policy.approvalSeconds': { min: 60, max: 3600 },
  'maintenance.assumedNodeSeconds': { min: 60, max: 3600 },
};

/** Each may be there once. */
const ADDONS = [
  { name: 'calico', pin: { reason: "it's 5 o'clock: #1" } },
  { name: 'kyverno', matrix: [{ floor: '1.10', minimumKubernetes: '1.20', maximumKubernetes: '1.40' }] },
  { name: 'own', images: ['host:5000/a/b'], versionPattern: '^v(\\d+)', noMatrix: true, required: false },
];

const TEXTS: Record<string, string[]> = {
  // Prometheus needs an address, which may be left out.
  'compatibility.deprecatedApis.source': ['api-servers'],
  'maintenance.windows.start': ['22:00'],
  'maintenance.windows.end': ['23:00', '06:00', '22:00'],
  'maintenance.freezes.from': ['2026-12-20'],
  'maintenance.freezes.to': ['2026-12-20', '2027-01-04'],
  'maintenance.freezes.reason': ["it's 5 o'clock: #1"],
  'certificateAuthorities.name': ['internal-ca', '1.5'],
  'workers.canary.names': ['worker-1', '1.5'],
  'workers.canary.labels': ['node-restriction.kubernetes.io/pool=canary', 'node-role.kubernetes.io/canary='],
  'runners.withSshKey.nodeSelector': ['node-role.kubernetes.io/control-plane=', 'node-restriction.kubernetes.io/a=1'],
  'runners.withSshKey.tolerations.key': ['only', 'a.b/c'],
  'runners.withSshKey.tolerations.operator': ['Equal'],
  'runners.withSshKey.tolerations.value': ['', 'no', '1'],
  'runners.others.nodeSelector': ['node-role.kubernetes.io/a=', 'a.node-restriction.kubernetes.io/b=true'],
  'runners.others.tolerations.key': ['only', 'a.b/c'],
  'runners.others.tolerations.operator': ['Equal'],
  'runners.others.tolerations.value': ['', 'no', '1'],
  'nodes.exclude.names': ['edge-1', '1.5'],
  'nodes.exclude.labels': ['pool=edge', 'a.b/c='],
  'ssh.address.type': ['InternalIP', 'ExternalIP'],
  'ssh.address.cidrs': ['10.0.0.0/8', 'fd00::/8'],
  'images.architectures': ['amd64', 'arm64'],
  'monitoring.prometheusUrl': ['http://prometheus', 'https://10.0.0.1:65535/a/b', 'http://[fd00::1]:9090'],
  'monitoring.alerts.source': ['prometheus', 'off'],
  'monitoring.alerts.alertmanagerUrl': ['http://alertmanager', 'https://10.0.0.1:65535/a/b'],
  'monitoring.alerts.severities': ['critical', '5', 'no'],
  'monitoring.alerts.ignore': ['A', 'Noisy.*', '^(A|B)+$', '[A-Z]\\w+'],
  'monitoring.alerts.gateLabel': ['upgrade_gate', 'no'],
  'postflight.dnsName': ['kubernetes.default.svc', '1', 'a.b'],
  'kured.daemonSet': ['kube-system/kured', '1/2'],
  'kured.lockAnnotation': ['weave.works/kured-node-lock', 'a/B_1'],
  // Another one than the default contradicts the built-in one.
  'snapshot.mode': ['cron-job', 'none'],
  'snapshot.builtIn.schedule': ['30 21 * * *', '0 0 * * 0'],
  'snapshot.builtIn.timezone': ['UTC', 'Europe/Berlin'],
  'snapshot.builtIn.directory': ['/srv/etcd', '/a/b/c-d_e.f'],
  'snapshot.builtIn.image': ['gcr.io/etcd-development/etcd:v3.6.5', 'localhost:5000/etcd:1'],
  'snapshot.cronJob': ['default/backup-etcd', '1/2'],
  'snapshot.container': ['backup', '0'],
  'policy.skipVersions': ['1.34.9', '1.9.10', '0.0.0'],
  'packages.httpsProxy': ['http://proxy:3128', 'https://10.0.0.1:65535'],
  'packages.noProxy': ['.svc', '*', '10.0.0.1'],
  'kubeadm.ignorePreflightErrors': ['Swap', 'DirAvailable--etc-kubernetes-manifests', 'Port-10250'],
  'controlPlane.quiesce': ['rook-ceph/rook-ceph-operator', '0/1'],
  'kubeadm.skipPhases': ['addon', 'addon/kube-proxy'],
  'kubeadm.patches': ['/etc/kubernetes/patches', '/a/b.c_d-e'],
  'controlPlane.restoreHook.configMap': [HOOK.configMap, '0/1.5'],
  'controlPlane.restoreHook.sha256': [HOOK.sha256, `1e${'3'.repeat(62)}`, 'a'.repeat(64)],
  'metrics.pushgatewayUrl': ['http://pushgateway', 'https://10.0.0.1:65535/a/b'],
  'alerts.prometheusRule.labels': ['release=1', 'example.com/a='],
  'alerts.configMap.labels': ['a=b', 'A=1'],
  'alerts.runbookUrl': ['https://git.example.com/runbook'],
  'dashboard.labels': ['grafana_dashboard=1', 'a=true'],
  'dashboard.folder': ['Kubernetes', 'no', '1e3', "it's: #1"],
  'images.repository': [REPOSITORY, 'localhost/x', 'localhost:5000/x'],
  'images.tag': ['0.10', '1', '1e3', 'null', 'true', '0x1f', 'v1.2.3'],
  'images.digests': [`drain@sha256:${'0'.repeat(64)}`, `1@sha256:${'f'.repeat(64)}`],
  'images.pullSecrets': ['123', 'no', 'registry.example.com'],
  'secrets.externalSecret.storeName': ['vault', '0', '1.5'],
  'secrets.externalSecret.remoteKey': ['k8s', '- a', '# b', '{x}', "it's", '5', 'a: b', '~', '*a', '&a', '!x'],
  'network.apiServerCidrs': ['10.0.0.0/8', '::/0', '2001:db8::/32'],
  'network.nodeCidrs': ['192.168.1.0/24', '192.168.1.7/32'],
  'network.repositoryCidrs': ['10.0.1.0/24', '::/0'],
  'resources.cpu': ['1', '0.5', '100m'],
};

describe('the settings of a cluster, whatever is in them', () => {
  it('name a single unknown key always, with its line, in every section', () => {
    const all = sections(clusterSchema);
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '<<', 'name')),
        ({ path, schema, line, indent }, key) => {
          fc.pre(!Object.keys(schema.properties ?? {}).includes(key));
          const lines = SECTIONS.split('\n').toSpliced(line, 0, `${indent}${JSON.stringify(key)}: 1`);
          const { problems } = readSettings(lines.join('\n'), 'f');
          expect(problems.map((problem) => [problem.line, problem.column])).to.deep.equal([
            [line + 1, indent.length + 1],
          ]);
          expect(problems[0]?.says).to.match(/: not a setting( here)?; (did you mean|.* has) |^(.*\.)?<<: a merge key/);
          expect(problems[0]?.says.startsWith(path)).to.equal(true);
        },
      ),
      runs(300),
    );
    expect(all.map(({ path }) => path)).to.include.members(['', 'drain', 'secrets.externalSecret']);
  });

  it('are unchanged by loading their own dump', () => {
    fc.assert(
      fc.property(anyOf(clusterSchema).map(withGauges), (given) => {
        const { settings, problems } = readSettings(stringify(given), 'f');
        expect(problems).to.deep.equal([]);
        expect(settings).to.containSubset(given);
        expect(readSettings(stringify(settings), 'f')).to.deep.equal({ settings, problems });
      }),
      runs(300),
    );
  });

  it('are read or refused, and never break the reader', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(...Array.from('abimages: \n\t-[]{}&*!|>%@`\'"#?,~<=.01')),
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish,
          yamlish.map((text) => `${MINIMAL}nodes: ${text}`),
        ),
        (text) => {
          const { settings, problems } = readSettings(text, 'f');
          expect(settings !== undefined || problems.length > 0).to.equal(true);
        },
      ),
      runs(1000),
    );
  });
});

import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { clusterSchema } from '../../src/cluster/schema.ts';
import { EVERYTHING, render } from './support/render.ts';

interface Schema {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Leaf {
  readonly path: readonly string[];
  readonly schema: Schema;
}

function leavesOf(schema: Schema, path: readonly string[] = []): Leaf[] {
  if (schema.properties === undefined) return [{ path, schema }];
  return Object.entries(schema.properties).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

/** Another right value for each setting whose type does not give one. */
const OTHER: Readonly<Record<string, unknown>> = {
  annotationPrefix: 'other.example.com/',
  'certificateAuthorities.name': 'other-ca',
  'certificateAuthorities.key': 'other.pem',
  'nightly.schedule': '30 2 * * *',
  'nightly.timezone': 'Asia/Tokyo',
  'report.schedule': '45 5 * * *',
  'report.timezone': 'Asia/Tokyo',
  'policy.skipVersions': ['1.34.7'],
  'maintenance.timezone': 'Asia/Tokyo',
  'maintenance.windows': [{ days: ['sat'], start: '00:00', end: '00:00' }],
  'maintenance.freezes': [{ from: '2026-11-27', to: '2026-11-27', reason: 'other' }],
  'workers.canary.names': ['other'],
  'workers.canary.labels': ['node-restriction.kubernetes.io/pool=other'],
  'packages.repository': 'https://other.example.com',
  'packages.httpsProxy': 'http://other.example.com:3129',
  'packages.noProxy': ['.other.example.com'],
  'packages.sourceFile': '/etc/apt/other.list',
  'packages.keyringFile': '/etc/apt/other.asc',
  'ssh.user': 'other',
  'ssh.address.cidrs': ['192.0.2.0/24'],
  'kubeadm.ignorePreflightErrors': ['NumCPU'],
  'kubeadm.skipPhases': ['addon/kube-proxy'],
  'kubeadm.patches': '/etc/kubernetes/other',
  'controlPlane.quiesce': ['other/operator'],
  'controlPlane.restoreHook.configMap': 'other/restore',
  'controlPlane.restoreHook.sha256': 'f'.repeat(64),
  'nodes.exclude.names': ['other'],
  'nodes.exclude.labels': ['pool=other'],
  'nodes.exclude.kinds': ['kubeedge'],
  'nodes.containerdPackage': 'containerd-other',
  'nodes.containerdVersion': '1.7.29',
  'monitoring.prometheusUrl': 'http://prometheus.example.com:9090',
  'alerts.prometheusRule.namespace': 'other',
  'alerts.prometheusRule.labels': ['other=label'],
  'alerts.configMap.namespace': 'other',
  'alerts.configMap.labels': ['other=label'],
  'alerts.runbookUrl': 'https://other.example.com',
  'dashboard.namespace': 'other',
  'dashboard.labels': ['other=label'],
  'dashboard.folder': 'Other',
  'monitoring.alerts.alertmanagerUrl': 'http://alertmanager.example.com:9094',
  'monitoring.alerts.severities': ['critical'],
  'monitoring.alerts.ignore': ['Other'],
  'monitoring.alerts.gateLabel': 'other_gate',
  'notify.argoUiUrl': 'https://other.example.com',
  'postflight.dnsName': 'other.example.com',
  'kured.daemonSet': 'other/kured',
  'kured.lockAnnotation': 'other.example.com/lock',
  'snapshot.builtIn.schedule': '45 4 * * *',
  'snapshot.builtIn.timezone': 'Asia/Tokyo',
  'snapshot.builtIn.directory': '/srv/other',
  'snapshot.builtIn.image': 'other.example.com/etcd:v3.6.6',
  'snapshot.cronJob': 'other/snapshots',
  'snapshot.container': 'other',
  'snapshot.logPattern': '(?<file>.+) (?<bytes>[0-9]+)',
  'compatibility.addons': [{ name: 'kyverno', pin: { reason: 'other' } }],
  'metrics.pushgatewayUrl': 'https://metrics.example.com',
  'images.repository': 'other.example.com/steps',
  'images.tag': '9.9.9',
  'images.digests': [`drain@sha256:${'0'.repeat(64)}`],
  'images.architectures': ['arm64'],
  'images.pullSecrets': ['other'],
  'ssh.rotation.settleSeconds': 86_000,
  'runners.withSshKey.nodeSelector': ['node-role.kubernetes.io/other='],
  'runners.withSshKey.tolerations': [{ key: 'other', operator: 'Exists' }],
  'runners.others.nodeSelector': ['node-role.kubernetes.io/other='],
  'runners.others.tolerations': [{ key: 'other', operator: 'Exists' }],
  'secrets.name': 'more-creds',
  'secrets.externalSecret.storeName': 'other',
  'secrets.externalSecret.remoteKey': 'other/key',
  'secrets.externalSecret.refreshInterval': '5m',
  'network.apiServerCidrs': ['192.0.2.1/32'],
  'network.apiServerPorts': [7443],
  'network.nodeCidrs': ['192.0.2.0/24'],
  'network.repositoryCidrs': ['198.51.100.0/24'],
  'network.repositoryPorts': [9443],
  'network.dnsNamespace': 'other',
  'resources.cpu': '75m',
  'resources.memory': '96Mi',
  'resources.memoryLimit': '2Gi',
};

const everything = parse(EVERYTHING) as object;

const valueAt = (path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], start);

const withValue = (settings: object, [key = '', ...rest]: readonly string[], value: unknown): object => ({
  ...settings,
  [key]: rest.length === 0 ? value : withValue((settings as Record<string, object>)[key] ?? {}, rest, value),
});

/** Away from the limits that one setting is to another, so that each can be changed alone. */
const start = withValue(everything, ['drain', 'gracePeriodSeconds'], 60);

function otherValue({ path, schema }: Leaf): unknown {
  const [name, value] = [path.join('.'), valueAt(path)];
  if (name in OTHER) return OTHER[name];
  if (schema.type === 'boolean') return value !== true;
  if (schema.enum !== undefined) return schema.enum.filter((choice) => choice !== value).at(-1);
  if (typeof value === 'number') return value === schema.maximum ? value - 1 : value + 1;
  if (name === 'snapshot.builtIn.keep') return 30;
  throw new Error(`${name}: name another right value in OTHER, and a value in EVERYTHING`);
}

describe('every setting counts:', () => {
  const leaves = leavesOf(clusterSchema);
  const documentsOfStart = render(stringify(start)).documents;

  it('all of them are tried', () => {
    expect(leaves.length).to.be.greaterThan(35);
    const known = leaves.map(({ path }) => path.join('.'));
    expect(Object.keys(OTHER).filter((name) => !known.includes(name))).to.deep.equal([]);
  });

  /** What is said of the CronJob that we render counts where there is one. */
  const withBuiltIn = withValue(start, ['snapshot'], { mode: 'built-in' });
  const documentsWithBuiltIn = render(stringify(withBuiltIn)).documents;

  for (const leaf of leaves)
    it(`${leaf.path.join('.')} changes what is rendered`, () => {
      const builtIn = leaf.path[1] === 'builtIn';
      const documents = builtIn ? documentsWithBuiltIn : documentsOfStart;
      const other = render(stringify(withValue(builtIn ? withBuiltIn : start, leaf.path, otherValue(leaf)))).documents;
      const changed = [...new Set([...documents.keys(), ...other.keys()])].filter(
        (file) => documents.get(file) !== other.get(file),
      );
      expect(changed).to.not.be.empty;
    });
});

import { expect } from 'chai';
import { Yaml } from 'cdk8s';
import { parse } from 'yaml';
import { STEPS as steps } from '../../src/steps/catalog.ts';
import { keeps, unless } from './support/promise.ts';
import {
  clusters,
  EVERYTHING,
  filesOnDisk,
  MINIMAL,
  ofKind,
  readObjects,
  render,
  settingsOf,
  writtenIn,
  type KubeObject,
  type Written,
} from './support/render.ts';

const CLUSTER_SCOPED = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];
const LABEL = 'app.kubernetes.io/part-of';
/** What others read, where the operator says that they look; see alerts.test.ts and dashboard.test.ts. */
const FOR_OTHERS = ['k8s-upgrade-alert-rules', 'k8s-upgrade-dashboard'];

const written = (): readonly Written[] => clusters().flatMap(({ files }) => writtenIn(files));
const withMetadata = ({ object, ...rest }: Written, change: object): object => ({
  ...rest,
  object: { ...object, metadata: { ...object.metadata, ...change } },
});

/** Where a value has nothing in it. `emptyDir: {}` and `supplied: {}` mean something; nothing else does. */
function empties(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return value === null ? [path] : [];
  const members = Object.entries(value);
  if (members.length === 0) return /\.(emptyDir|supplied)$/.test(path) ? [] : [path];
  return members.flatMap(([key, member]) => empties(member, `${path}.${key}`));
}

function namesAndKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const named = Object.entries(value).flatMap(([key, member]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...(key === 'name' && typeof member === 'string' ? [member] : []),
    ...namesAndKeys(member),
  ]);
  return named;
}

const FILES: Readonly<Record<string, string>> = {
  Namespace: '00-namespace.yaml',
  ConfigMap: '10-state.yaml',
  ExternalSecret: '11-credentials.yaml',
  NetworkPolicy: '20-network.yaml',
  CronJob: '21-etcd-backup.yaml',
  PrometheusRule: '22-alerts.yaml',
  CronWorkflow: '50-schedules.yaml',
};

function fileFor({ kind, metadata: { name } }: KubeObject): string {
  if (kind === 'WorkflowTemplate') return `40-${name}.yaml`;
  if (name === 'k8s-upgrade-etcd-backup' && kind !== 'Namespace') return '21-etcd-backup.yaml';
  if (name === 'k8s-upgrade-alert-rules') return '22-alerts.yaml';
  if (name === 'k8s-upgrade-dashboard') return '23-dashboard.yaml';
  return FILES[kind] ?? '30-rbac.yaml';
}

describe('every object', () => {
  keeps(written, ({ file, object }) => `${file} ${object.kind} ${object.metadata.name}`, [
    {
      says: 'is in the file of its kind, and a WorkflowTemplate in a file of its name',
      check: ({ file, object }) => unless(fileFor(object) === file, file),
      spoil: (each) => ({ ...each, file: '99-all.yaml' }),
    },
    {
      says: 'is in the namespace k8s-upgrade, or in none where its kind has none; a role that looks elsewhere says where, and what others read is where they look',
      check: ({ object }) => {
        const { namespace, name } = object.metadata;
        if (FOR_OTHERS.includes(name))
          return unless(/^(monitoring|prometheus|grafana)$/.test(namespace ?? ''), 'unsaid');
        const [, elsewhere] = /^Role(?:Binding)? .*-in-(.+)$/.exec(`${object.kind} ${name}`) ?? [];
        const expected = CLUSTER_SCOPED.includes(object.kind) ? undefined : (elsewhere ?? 'k8s-upgrade');
        return unless(namespace === expected, String(namespace));
      },
      spoil: (each) => withMetadata(each, { namespace: 'kube-public' }),
    },
    {
      says: 'has a name that operators can type, and no hash in it',
      check: ({ object: { metadata } }) =>
        unless(/^k8s-upgrade(-[a-z]+)*$|-creds$/.test(metadata.name) && metadata.name.length <= 52, metadata.name),
      spoil: (each) => withMetadata(each, { name: 'k8s-upgrade-c8b5cc20' }),
    },
    {
      says: 'says what it is part of',
      check: ({ object: { metadata } }) => unless(metadata.labels?.[LABEL] === 'argo-kubeadm-upgrade', 'unlabelled'),
      spoil: (each) => withMetadata(each, { labels: {} }),
    },
    {
      says: 'has its place in the order of a sync: namespace, then what runs need, then templates, then the schedule',
      check: ({ object }) => {
        const wave = { Namespace: '-2', WorkflowTemplate: '0', CronWorkflow: '1' }[object.kind] ?? '-1';
        return unless(object.metadata.annotations?.['argocd.argoproj.io/sync-wave'] === wave, `not in wave ${wave}`);
      },
      spoil: (each) => withMetadata(each, { annotations: {} }),
    },
    {
      says: 'has nothing empty in it, which Argo CD would see as a difference for ever',
      check: ({ object }) => empties(object),
      spoil: (each) => ({ ...each, object: { ...each.object, spec: { list: [] } } }),
    },
    {
      says: 'reads the same in YAML 1.1, which Kubernetes reads, and in 1.2, which people read',
      check: ({ text }) =>
        unless(
          JSON.stringify(parse(text, { version: '1.1' })) === JSON.stringify(parse(text, { version: '1.2' })),
          'reads otherwise',
        ),
      spoil: (each) => ({ ...each, text: 'answer: no\n' }),
    },
    {
      says: 'has no key and no name that some YAML takes for true, false or nothing',
      check: ({ object }) =>
        namesAndKeys(object).filter((name) => /^(y|n|yes|no|on|off|true|false|null|~|\d+)$/i.test(name)),
      spoil: (each) => ({ ...each, object: { ...each.object, spec: { parameters: [{ name: 'on' }] } } }),
    },
    {
      says: 'ends with one newline and has no tab, no carriage return and no other document',
      check: ({ text }) => unless(/[^\n]\n$/.test(text) && !/[\t\r]|^---|^\.\.\./m.test(text), 'format'),
      spoil: (each) => ({ ...each, text: each.text + '---\n' }),
    },
  ]);
});

describe('the objects of a cluster', () => {
  const STEPS = [
    ...[
      'admit',
      'begin',
      'detect',
      'doctor',
      'drain',
      'finish',
      'gate',
      'inventory',
      'plan',
      'postflight',
      'preflight',
      'prepare',
    ],
    ...['rehearse', 'report', 'snapshot', 'upgrade-node', 'verify-node'],
    ...['reset', 'plan-rollback', 'ssh-key', 'prove-ssh-key', 'switch-ssh-key', 'finish-operation'],
  ];
  const ids = (yaml: string, name?: string): string[] =>
    render(yaml, name).objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  // The settings ask for no approval.
  const USED = STEPS.filter((step) => step !== 'plan');

  it('keep their names: a name that changes is an upgrade under way that is deleted', () => {
    expect(ids(MINIMAL).sort()).to.deep.equal(
      [
        'ConfigMap k8s-upgrade-known-hosts',
        'ConfigMap k8s-upgrade-run-state',
        'CronWorkflow k8s-upgrade-nightly',
        'CronWorkflow k8s-upgrade-report',
        'Namespace k8s-upgrade',
        'NetworkPolicy k8s-upgrade-repository',
        'NetworkPolicy k8s-upgrade-ssh',
        'NetworkPolicy k8s-upgrade-steps',
        ...[
          'admit',
          'begin',
          'detect',
          'doctor',
          'drain',
          'finish',
          'finish-operation',
          'gate',
          'inventory',
          'plan-rollback',
          'preflight',
        ]
          .concat('prepare', 'prove-ssh-key', 'report', 'reset', 'ssh-key', 'upgrade-node')
          .map((step) => `${step}-in-kube-system`)
          .concat(
            'gate-in-default',
            'postflight-in-default',
            'snapshot-in-default',
            'detect-in-default',
            'doctor-in-default',
          )
          .flatMap((name) => [`Role k8s-upgrade-${name}`, `RoleBinding k8s-upgrade-${name}`]),
        'WorkflowTemplate k8s-upgrade',
        ...['node', 'detect', 'reset', 'rollback-worker', 'rotate-ssh-key', 'report', 'doctor'].map(
          (name) => `WorkflowTemplate k8s-upgrade-${name}`,
        ),
        ...USED.flatMap((step) =>
          ['Role', 'RoleBinding', 'ServiceAccount'].map((kind) => `${kind} k8s-upgrade-${step}`),
        ),
        ...USED.filter((step) => !['snapshot', 'switch-ssh-key'].includes(step)).flatMap((step) =>
          ['ClusterRole', 'ClusterRoleBinding'].map((kind) => `${kind} k8s-upgrade-${step}`),
        ),
      ].sort(),
    );
  });

  it('are the same whatever the settings and whatever the cluster is called, but for what is not always used', () => {
    const optional = [
      'ExternalSecret',
      'NetworkPolicy k8s-upgrade-chat',
      'k8s-upgrade-plan',
      '-in-rook-ceph',
      '-in-ops',
      'k8s-upgrade-doctor-in-backup',
      ...FOR_OTHERS,
    ];
    const isOptional = (id: string): boolean =>
      optional.some((each) => id.includes(each)) && !id.includes('plan-rollback');
    const elsewhere = (id: string): string => id.replace(/-snapshot-in-backup$/, '-snapshot-in-default');
    const always = ids(EVERYTHING, 'other').filter((id) => !isOptional(id));
    // The gate asks Prometheus, and no API server.
    const expected = ids(MINIMAL).filter((id) => !id.endsWith('k8s-upgrade-gate-in-default'));
    expect(always.map(elsewhere)).to.deep.equal(expected);
  });

  it('are each there once', () => {
    for (const { name, objects } of clusters()) {
      const all = objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].join(' '));
      expect(all, name).to.deep.equal([...new Set(all)]);
    }
  });

  it('are in about 15 files, whose names are in the order of the sync waves', () => {
    for (const { name, files, objects } of clusters()) {
      expect(files.size, name).to.be.within(12, 17);
      const waves = objects.map(({ metadata }) => Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']));
      expect(waves, name).to.deep.equal([...waves].sort((a, b) => a - b));
    }
  });

  it('say above each ServiceAccount of a step what the step does; its roles and bindings follow it', () => {
    for (const { name, files } of clusters()) {
      const rights = readObjects('30-rbac.yaml', files.get('30-rbac.yaml') ?? '');
      let account = '';
      for (const { text, object } of rights) {
        const [, said] = /^# (.*)\n/.exec(text) ?? [];
        if (object.kind === 'ServiceAccount') account = object.metadata.name;
        const step = steps.find((each) => account === `k8s-upgrade-${each.name}`);
        const summary = object.kind === 'ServiceAccount' ? `${step?.name ?? ''}: ${step?.summary ?? ''}` : undefined;
        expect(said, `${name} ${account}`).to.equal(summary);
        expect(object.metadata.name, name).to.match(new RegExp(`^${account}(-in-.+)?$`));
      }
      const accounts = rights.filter(({ object }) => object.kind === 'ServiceAccount').map(({ object }) => object);
      const order = steps.map((each) => `k8s-upgrade-${each.name}`);
      expect(accounts.map(({ metadata }) => order.indexOf(metadata.name))).to.satisfy((places: number[]) =>
        places.every((place, index) => place > (places[index - 1] ?? -1)),
      );
    }
  });

  it('are written as cdk8s writes them, but for the comments', () => {
    for (const { files } of clusters())
      for (const [file, text] of files) {
        const objects = readObjects(file, text).map(({ object }) => object);
        expect(text.replace(/^# .*\n/gm, ''), file).to.equal(Yaml.stringify(...objects));
      }
  });

  it('come out the same, byte by byte, each time', () => {
    const settings = settingsOf(EVERYTHING);
    expect([...filesOnDisk(settings)]).to.deep.equal([...filesOnDisk(settings)]);
  });

  it('come out in memory, for these tests, as synth writes them to a folder', () => {
    for (const { settings, files, objects } of clusters()) {
      const written = filesOnDisk(settings);
      expect([...files]).to.deep.equal([...written]);
      expect(objects).to.deep.equal(writtenIn(written).map(({ object }) => object));
    }
  });

  it('live in a namespace whose pods pass the restricted profile, and that is not deleted unasked', () => {
    for (const { objects } of clusters()) {
      const [namespace] = ofKind(objects, 'Namespace');
      for (const mode of ['enforce', 'audit', 'warn'])
        expect(namespace?.metadata.labels?.[`pod-security.kubernetes.io/${mode}`]).to.equal('restricted');
      expect(namespace?.metadata.annotations?.['argocd.argoproj.io/sync-options']).to.equal(
        'Prune=confirm,Delete=confirm',
      );
    }
  });

  it('leave the host keys that runs have learned alone: that ConfigMap says nothing of data', () => {
    for (const { objects } of clusters())
      for (const map of objects.filter(({ metadata }) => metadata.name === 'k8s-upgrade-known-hosts'))
        expect(map).to.have.all.keys('apiVersion', 'kind', 'metadata');
  });

  it('are no Workflow, which a sync would start, and none has a name that changes', () => {
    for (const { objects } of clusters()) {
      expect(ofKind(objects, 'Workflow')).to.be.empty;
      for (const { metadata } of objects) expect(metadata).to.not.have.property('generateName');
    }
  });
});

import { expect } from 'chai';
import {
  FOREIGN_NAMESPACES,
  KURED_DAEMON_SET,
  QUIESCED_DEPLOYMENTS,
  RESTORE_HOOK,
  SECRET_BY_SETTING,
  type Access,
  type Condition,
} from '../../src/contract/step-contract.ts';
import { STEPS as ALL_STEPS } from '../../src/steps/catalog.ts';
import { keeps, unless } from './support/promise.ts';
import { clusters, EVERYTHING, MINIMAL, ofKind, render, type KubeObject } from './support/render.ts';

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}
interface Role extends KubeObject {
  readonly rules: readonly PolicyRule[];
}
interface Binding extends KubeObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

/** The CronJob that backs up etcd asks Kubernetes for nothing: backup.test.ts. */
const STEPS = ALL_STEPS.filter(({ backup }) => backup !== true);

/** What the settings of each cluster make of the conditions of a rule. */
const HOLDS: Readonly<Record<string, readonly Condition[]>> = {
  minimal: [
    ...(['kured', 'learned-host-keys', 'packages-from-node', 'snapshot'] as const),
    ...(['api-server-metrics', 'images-prepared', 'pods-deleted'] as const),
  ],
  everything: ['kured', 'quiesce', 'approval', 'snapshot', 'images-prepared', 'restore-hook'],
};
const holdsIn =
  (cluster: string) =>
  ({ when = [] }: { readonly when?: readonly Condition[] }): boolean =>
    when.every((condition) => HOLDS[cluster]?.includes(condition));

const ofKinds =
  (...kinds: string[]) =>
  (): readonly KubeObject[] =>
    clusters().flatMap(({ objects }) => objects.filter(({ kind }) => kinds.includes(kind)));
const roles = ofKinds('Role', 'ClusterRole') as () => readonly Role[];
const bindings = ofKinds('RoleBinding', 'ClusterRoleBinding') as () => readonly Binding[];
const idOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
/** The Deployments that the settings of the cluster name. */
const QUIESCED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  everything: { 'rook-ceph': ['rook-ceph-operator'] },
};
/** The namespace that the settings of the cluster name, and the scope that stands for it. */
const SNAPSHOTS = { minimal: 'default', everything: 'backup' } as const;
const scopesIn = (cluster: string, namespace: string): readonly Access['scope'][] => [
  ...FOREIGN_NAMESPACES.filter((each) => each === namespace),
  ...(SNAPSHOTS[cluster as keyof typeof SNAPSHOTS] === namespace ? (['snapshot-namespace'] as const) : []),
  ...(namespace === 'kube-system' ? (['kured-namespace'] as const) : []),
  ...(QUIESCED[cluster]?.[namespace] === undefined ? [] : (['quiesced-namespaces'] as const)),
  ...(RESTORE_HOOKS[cluster]?.namespace === namespace ? (['restore-hook-namespace'] as const) : []),
];
/** The ConfigMap that the settings of the cluster name, or that of release 0.1.0. */
const RESTORE_HOOKS: Readonly<Record<string, { readonly namespace: string; readonly name: string }>> = {
  minimal: { namespace: 'kube-system', name: 'apiserver-oidc-restore' },
  everything: { namespace: 'ops', name: 'restore' },
};
/** The DaemonSet that the settings of the cluster name. */
const KURED = { minimal: 'kured', everything: 'reboots' } as const;
const clusterOf = (role: KubeObject): string =>
  clusters().find(({ objects }) => objects.includes(role))?.name ?? 'minimal';
/** What a role is called: the namespace of others is in its name, since one file per object goes by kind and name. */
const roleNameOf = (step: string, namespace = 'k8s-upgrade'): string =>
  `k8s-upgrade-${step}${namespace === 'k8s-upgrade' ? '' : `-in-${namespace}`}`;
const stepOf = ({ metadata }: KubeObject) =>
  STEPS.find(({ name }) => metadata.name === roleNameOf(name, metadata.namespace));

/** One line per thing allowed, so that two ways to say the same compare equal. */
const grants = (rules: readonly PolicyRule[]): string[] =>
  rules
    .flatMap(({ apiGroups = [''], resources, resourceNames = ['*'], nonResourceURLs, verbs }) =>
      apiGroups.flatMap((group) =>
        (resources ?? nonResourceURLs ?? []).flatMap((what) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${what} ${name}`)),
        ),
      ),
    )
    .sort();
const grantsOf = (
  rules: readonly Access[],
  kured = 'kured',
  quiesced: readonly string[] = [],
  restoreHook = '',
): string[] => {
  const named = (name: string): readonly string[] =>
    name === RESTORE_HOOK
      ? [restoreHook]
      : name === KURED_DAEMON_SET
        ? [kured]
        : name === QUIESCED_DEPLOYMENTS
          ? quiesced
          : [name];
  return grants(
    rules.map(({ apiGroup, names, ...rule }) => ({
      ...rule,
      apiGroups: [apiGroup],
      ...(names ? { resourceNames: names.flatMap(named) } : {}),
    })),
  );
};

const EXECUTOR = ['create argoproj.io/workflowtaskresults *', 'patch argoproj.io/workflowtaskresults *'];
/** The Secret with the key; none where an ExternalSecret writes it. */
const KEY_SECRETS = { minimal: 'k8s-upgrade-creds', everything: undefined } as const;
const withKeySecret = (rule: Access, cluster: string): Access[] => {
  if (rule.names?.includes(SECRET_BY_SETTING) !== true) return [rule];
  const name = KEY_SECRETS[cluster as keyof typeof KEY_SECRETS];
  return name === undefined ? [] : [{ ...rule, names: [name] }];
};
const isKeySwitch = (role: Role, { resources, resourceNames, verbs }: PolicyRule): boolean =>
  role.metadata.name === 'k8s-upgrade-switch-ssh-key' &&
  `${verbs.join()} ${resources?.join()} ${resourceNames?.join()}` === 'get,patch secrets k8s-upgrade-creds';
const expected = (role: Role): string[] => {
  const step = stepOf(role);
  const holds = holdsIn(clusterOf(role));
  const access = (step?.access ?? []).filter(holds).flatMap((rule) => withKeySecret(rule, clusterOf(role)));
  const paths = (step?.paths ?? []).filter(holds);
  const { namespace } = role.metadata;
  const foreign = scopesIn(clusterOf(role), namespace ?? '');
  const kured = KURED[clusterOf(role) as keyof typeof KURED];
  if (foreign.length > 0)
    return grantsOf(
      access.filter(({ scope }) => foreign.includes(scope)),
      kured,
      QUIESCED[clusterOf(role)]?.[namespace ?? ''],
      RESTORE_HOOKS[clusterOf(role)]?.name,
    );
  if (role.kind === 'Role')
    return [...EXECUTOR, ...grantsOf(access.filter(({ scope }) => scope === 'namespace'))].sort();
  const urls = grants(paths.map((path) => ({ nonResourceURLs: path.paths, verbs: path.verbs })));
  return [...urls, ...grantsOf(access.filter(({ scope }) => scope === 'cluster'))].sort();
};
const withRule = (role: Role, rule: PolicyRule): object => ({ ...role, rules: [...role.rules, rule] });
const core = { apiGroups: [''], resources: ['secrets'] };

describe('what a step may do', () => {
  keeps(roles, idOf, [
    {
      says: "is its contract's access and the executor's results, to the letter",
      check: (role) =>
        unless(
          grants(role.rules).join('\n') === expected(role).join('\n'),
          `${grants(role.rules).join()} instead of ${expected(role).join()}`,
        ),
      spoil: (role) => withRule(role, { ...core, verbs: ['get'] }),
    },
    {
      says: 'has no wildcard in it',
      check: ({ rules }) =>
        rules.filter((rule) => JSON.stringify(rule).includes('*')).map((rule) => JSON.stringify(rule)),
      spoil: (role) => withRule(role, { ...core, verbs: ['*'] }),
    },
    {
      says: 'says nothing twice',
      check: ({ rules }) => grants(rules).filter((grant, place, all) => all.indexOf(grant) !== place),
      spoil: (role) => ({ ...role, rules: [...role.rules, ...role.rules] }),
    },
    {
      says: 'names objects only where names count: not to create or list them, and never none',
      check: ({ rules }) =>
        rules
          .filter(
            ({ resourceNames, verbs }) =>
              resourceNames?.length === 0 ||
              (resourceNames && verbs.some((verb) => /^(create|list|watch|deletecollection)$/.test(verb))),
          )
          .map((rule) => JSON.stringify(rule)),
      spoil: (role) => withRule(role, { ...core, resourceNames: ['x'], verbs: ['list'] }),
    },
    {
      says: 'never reaches Secrets, other permissions or the inside of pods; but for the one Secret with the key, where nothing else writes it',
      check: (role) =>
        role.rules
          .filter((rule) => !isKeySwitch(role, rule))
          .flatMap(({ resources = [] }) => resources)
          .filter((resource) =>
            /^(secrets|(cluster)?role|pods\/(exec|attach|portforward)|serviceaccounts\/token)/.test(resource),
          ),
      spoil: (role) => withRule(role, { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }),
    },
  ]);

  keeps(bindings, idOf, [
    {
      says: 'is given to its own ServiceAccount, which exists, by a role that exists',
      check: (binding) => {
        const step = stepOf(binding)?.name ?? '?';
        const [subject, ...others] = binding.subjects;
        const has = ({ objects }: { objects: readonly KubeObject[] }): boolean =>
          ofKind(objects, binding.kind).some(
            ({ metadata }) =>
              metadata.name === binding.metadata.name && metadata.namespace === binding.metadata.namespace,
          );
        return clusters()
          .filter(has)
          .flatMap(({ name, objects }) => {
            const exists = (kind: string, called: string | undefined, namespace: string | undefined): boolean =>
              ofKind(objects, kind).some(
                ({ metadata }) => metadata.name === called && metadata.namespace === namespace,
              );
            return [
              ...unless(
                others.length === 0 &&
                  subject?.kind === 'ServiceAccount' &&
                  subject.name === `k8s-upgrade-${step}` &&
                  subject.namespace === 'k8s-upgrade',
                'subject',
              ),
              ...unless(exists('ServiceAccount', subject?.name, subject?.namespace), `${name}: no such ServiceAccount`),
              ...unless(
                binding.roleRef.kind === binding.kind.replace('Binding', '') &&
                  binding.roleRef.name === binding.metadata.name,
                'roleRef',
              ),
              ...unless(
                exists(binding.roleRef.kind, binding.roleRef.name, binding.metadata.namespace),
                `${name}: no such role`,
              ),
            ];
          });
      },
      spoil: (binding) => ({
        ...binding,
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'k8s-upgrade' }],
      }),
    },
  ]);

  it('only reads in the namespaces of Kubernetes, and says what', () => {
    const foreign = STEPS.flatMap(({ access }) =>
      access.filter(({ scope }) => FOREIGN_NAMESPACES.some((each) => each === scope)),
    );
    expect(foreign).to.not.be.empty;
    for (const { verbs, names, resources } of foreign) {
      // Pods are listed: which there are is what is asked.
      const listed = resources.join() === 'pods';
      expect(verbs).to.deep.equal([listed ? 'list' : 'get']);
      expect(names !== undefined).to.equal(!listed);
    }
  });

  it('makes Jobs and reads their logs where the snapshots are, and nothing else', () => {
    const there = STEPS.flatMap(({ access }) => access.filter(({ scope }) => scope === 'snapshot-namespace'));
    expect(there.flatMap(({ resources, verbs }) => verbs.map((verb) => `${verb} ${resources.join()}`))).to.deep.equal([
      ...['get cronjobs', 'list jobs', 'create jobs', 'list pods', 'get pods/log'],
      // The doctor only wants to know whether it is there.
      'get cronjobs',
    ]);
  });

  it('looks at the one DaemonSet of kured, and only whoever holds its lock writes it', () => {
    const there = STEPS.map(({ name, access }) => ({
      name,
      rules: access.filter(({ scope }) => scope === 'kured-namespace'),
    })).filter(({ rules }) => rules.length > 0);
    expect(there.map(({ name, rules }) => [name, grantsOf(rules)])).to.deep.equal([
      ['preflight', ['get apps/daemonsets kured']],
      ...['begin', 'admit', 'drain', 'upgrade-node', 'finish', 'finish-operation'].map((name) => [
        name,
        ['get apps/daemonsets kured', 'patch apps/daemonsets kured'],
      ]),
    ]);
  });

  it('has no access to kured where nobody asks it', () => {
    const { objects } = render(`${MINIMAL}kured: { mode: 'off', daemonSet: reboots/kured }\n`);
    expect(JSON.stringify(objects.filter(({ kind }) => kind === 'Role'))).not.to.include('daemonsets');
  });

  it('has no access to a place for snapshots where there are none', () => {
    const { objects } = render(`${MINIMAL}snapshot: { mode: none, cronJob: backup/etcd }\n`);
    expect(objects.filter(({ metadata }) => metadata.namespace === 'backup')).to.deep.equal([]);
  });

  it('scales the Deployments that the settings name, each by its name, and writes no other', () => {
    const { objects } = render(`${MINIMAL}controlPlane: { quiesce: [rook/operator, argocd/server, rook/other] }\n`);
    const about = objects
      .filter((each): each is Role => 'rules' in each)
      .flatMap(({ kind, metadata, rules }) =>
        grants(rules)
          .filter((grant) => / apps\/deployments/.test(grant))
          .map((grant) => `${kind} ${metadata.name}: ${grant}`),
      );
    const of = (step: string, ...verbs: string[]): string[] =>
      [
        ['argocd', 'server'],
        ['rook', 'operator'],
        ['rook', 'other'],
      ].flatMap(([namespace, name]) =>
        verbs.map((verb) => `Role k8s-upgrade-${step}-in-${namespace}: ${verb.replace(' ', ' apps/')} ${name}`),
      );
    const all = ['get deployments', 'patch deployments/scale'];
    expect(about.sort()).to.deep.equal(
      [
        ...of('detect', 'get deployments'),
        ...['finish', 'finish-operation', 'reset', 'upgrade-node'].flatMap((step) => of(step, ...all)),
        ...['doctor', 'gate'].map((step) => `ClusterRole k8s-upgrade-${step}: list apps/deployments *`),
      ].sort(),
    );
    const without = JSON.stringify(render(MINIMAL).objects);
    expect(without).to.not.include('deployments/scale');
    expect(JSON.stringify(objects)).to.not.match(/"deployments"\],"verbs":\[[^\]]*(patch|update|delete|create)/);
  });

  it('writes no Namespace', () => {
    const writes = clusters().flatMap(({ objects }) =>
      objects
        .filter((each): each is Role => 'rules' in each)
        .flatMap(({ rules }) => grants(rules).filter((grant) => / \/namespaces /.test(grant))),
    );
    expect([...new Set(writes)].sort()).to.deep.equal(['get /namespaces k8s-upgrade', 'list /namespaces *']);
  });

  it('exists only for a step that a workflow has', () => {
    const used = (objects: readonly KubeObject[]): Set<string> =>
      new Set([...JSON.stringify(objects).matchAll(/"serviceAccountName":"([^"]+)"/g)].map(([, name = '']) => name));
    for (const yaml of [MINIMAL, EVERYTHING, `${MINIMAL}snapshot: { mode: none }\npolicy: { minor: approve }\n`]) {
      const { objects } = render(yaml);
      const accounts = ofKind(objects, 'ServiceAccount').map(({ metadata }) => metadata.name);
      expect(accounts.sort()).to.deep.equal([...used(objects)].sort());
    }
  });

  it('is less where the settings need less', () => {
    const grantsBy = (yaml: string): Set<string> =>
      new Set(
        render(yaml)
          .objects.filter((each): each is Role => 'rules' in each)
          .flatMap((role) => grants(role.rules).map((grant) => `${role.metadata.name}: ${grant}`)),
      );
    const all = grantsBy(MINIMAL);
    const lost = (yaml: string): string[] => {
      const left = grantsBy(`${MINIMAL}${yaml}\n`);
      return [...all].filter((grant) => !left.has(grant)).sort();
    };
    expect(lost('drain: { deleteDeadlocked: never }')).to.deep.equal(['k8s-upgrade-drain: delete /pods *']);
    expect(lost('prepare: { images: "off" }')).to.deep.equal([
      'k8s-upgrade-prepare-in-kube-system: get /configmaps kubeadm-config',
    ]);
    expect(lost('packages: { source: repository }')).to.deep.equal([
      'k8s-upgrade-detect: get /configmaps k8s-upgrade-known-hosts',
      'k8s-upgrade-detect: patch /configmaps k8s-upgrade-known-hosts',
    ]);
    const strict = lost('ssh: { hostKeys: strict }');
    expect(strict).to.include('k8s-upgrade-doctor: get /configmaps k8s-upgrade-known-hosts');
    expect(strict.filter((grant) => !grant.endsWith('k8s-upgrade-known-hosts'))).to.deep.equal([]);
    const withoutKured = lost('kured: { mode: "off" }');
    expect(withoutKured).to.include('k8s-upgrade-preflight: list apps/daemonsets *');
    expect(withoutKured.filter((grant) => !/ apps\/daemonsets (kured|\*)$/.test(grant))).to.deep.equal([]);
    expect(
      lost('compatibility: { deprecatedApis: { source: prometheus } }\nmonitoring: { prometheusUrl: "http://p:9090" }'),
    ).to.deep.equal([
      'k8s-upgrade-gate-in-default: get discovery.k8s.io/endpointslices kubernetes',
      'k8s-upgrade-gate: get //metrics *',
    ]);
  });

  it('lists the pods of every namespace only for steps that look at those', () => {
    const everywhere = STEPS.filter(({ access }) =>
      access.some(({ scope, resources }) => scope === 'cluster' && resources.includes('pods')),
    );
    expect(everywhere.map(({ name }) => name)).to.deep.equal([
      ...['begin', 'rehearse', 'drain', 'verify-node', 'postflight'],
    ]);
  });

  it('has a role for every scope that its contract names, and none for another', () => {
    for (const { name: cluster, objects } of clusters())
      for (const { name, access: asked, paths: allPaths = [], when = [] } of STEPS) {
        const holds = holdsIn(cluster);
        const [access, paths] = holds({ when }) ? [asked.filter(holds), allPaths.filter(holds)] : [[], []];
        const has = (kind: string, namespace?: string): boolean =>
          ofKind(objects, kind).some(
            ({ metadata }) => metadata.name === roleNameOf(name, namespace) && metadata.namespace === namespace,
          );
        const clusterWide = paths.length > 0 || access.some(({ scope }) => scope === 'cluster');
        const used = holds({ when });
        const own = [
          has('ServiceAccount', 'k8s-upgrade'),
          has('Role', 'k8s-upgrade'),
          has('RoleBinding', 'k8s-upgrade'),
        ];
        expect(own, name).to.deep.equal([used, used, used]);
        expect([has('ClusterRole'), has('ClusterRoleBinding')], name).to.deep.equal([clusterWide, clusterWide]);
        for (const namespace of [...FOREIGN_NAMESPACES, ...Object.values(SNAPSHOTS), 'rook-ceph', 'ops']) {
          const wanted = access.some(({ scope }) => scopesIn(cluster, namespace).includes(scope));
          const both = [has('Role', namespace), has('RoleBinding', namespace)];
          expect(both, `${name} in ${namespace}`).to.deep.equal([wanted, wanted]);
        }
      }
  });
});

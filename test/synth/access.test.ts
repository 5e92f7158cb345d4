import { expect } from 'chai';
import {
  FOREIGN_NAMESPACES,
  KURED_DAEMON_SET,
  SECRET_BY_SETTING,
  type Access,
} from '../../src/contract/step-contract.ts';
import { STEPS as ALL_STEPS } from '../../src/steps/catalog.ts';
import { keeps, unless } from './support/promise.ts';
import { clusters, MINIMAL, ofKind, render, type KubeObject } from './support/render.ts';

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

const ofKinds =
  (...kinds: string[]) =>
  (): readonly KubeObject[] =>
    clusters().flatMap(({ objects }) => objects.filter(({ kind }) => kinds.includes(kind)));
const roles = ofKinds('Role', 'ClusterRole') as () => readonly Role[];
const bindings = ofKinds('RoleBinding', 'ClusterRoleBinding') as () => readonly Binding[];
const idOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name}`;
/** The namespace that the settings of the cluster name, and the scope that stands for it. */
const SNAPSHOTS = { minimal: 'default', everything: 'backup' } as const;
const scopesIn = (cluster: string, namespace: string): readonly Access['scope'][] => [
  ...FOREIGN_NAMESPACES.filter((each) => each === namespace),
  ...(SNAPSHOTS[cluster as keyof typeof SNAPSHOTS] === namespace ? (['snapshot-namespace'] as const) : []),
  ...(namespace === 'kube-system' ? (['kured-namespace'] as const) : []),
];
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
const grantsOf = (rules: readonly Access[], kured = 'kured'): string[] =>
  grants(
    rules.map(({ apiGroup, names, ...rule }) => ({
      ...rule,
      apiGroups: [apiGroup],
      ...(names ? { resourceNames: names.map((name) => (name === KURED_DAEMON_SET ? kured : name)) } : {}),
    })),
  );

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
  const { access: asked = [], paths = [] } = stepOf(role) ?? {};
  const access = asked.flatMap((rule) => withKeySecret(rule, clusterOf(role)));
  const { namespace } = role.metadata;
  const foreign = scopesIn(clusterOf(role), namespace ?? '');
  const kured = KURED[clusterOf(role) as keyof typeof KURED];
  if (foreign.length > 0)
    return grantsOf(
      access.filter(({ scope }) => foreign.includes(scope)),
      kured,
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
      ...['begin', 'admit', 'drain', 'upgrade-node', 'finish'].map((name) => [
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

  it('has a role for every scope that its contract names, and none for another', () => {
    for (const { name: cluster, objects } of clusters())
      for (const { name, access, paths = [] } of STEPS) {
        const has = (kind: string, namespace?: string): boolean =>
          ofKind(objects, kind).some(
            ({ metadata }) => metadata.name === roleNameOf(name, namespace) && metadata.namespace === namespace,
          );
        const clusterWide = paths.length > 0 || access.some(({ scope }) => scope === 'cluster');
        expect([has('Role', 'k8s-upgrade'), has('RoleBinding', 'k8s-upgrade')], name).to.deep.equal([true, true]);
        expect([has('ClusterRole'), has('ClusterRoleBinding')], name).to.deep.equal([clusterWide, clusterWide]);
        for (const namespace of [...FOREIGN_NAMESPACES, ...Object.values(SNAPSHOTS)]) {
          const wanted = access.some(({ scope }) => scopesIn(cluster, namespace).includes(scope));
          const both = [has('Role', namespace), has('RoleBinding', namespace)];
          expect(both, `${name} in ${namespace}`).to.deep.equal([wanted, wanted]);
        }
      }
  });
});

import { k8s, ServiceAccount } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import {
  FOREIGN_NAMESPACES,
  KURED_DAEMON_SET,
  NAMESPACES_BY_SETTING,
  SECRET_BY_SETTING,
  type Access,
  type NamespaceBySetting,
  type PathAccess,
  type StepContract,
} from '../contract/step-contract.ts';
import { permissionsIn, type Permission, type PermissionRule } from '../upgrade/permission.ts';
import { NAMESPACE, PART_OF, serviceAccountOf } from './names.ts';
import { cronJobOf } from './snapshot.ts';
import type { ClusterSettings } from './settings.ts';

/** How Argo's executor, beside each step, hands the step's results to the controller. */
const EXECUTOR: Access = {
  apiGroup: 'argoproj.io',
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
  scope: 'namespace',
};

const RBAC = 'rbac.authorization.k8s.io';
const wave = { 'argocd.argoproj.io/sync-wave': '-1' };

/** A ServiceAccount per step, with exactly the verbs of the step's contract. */
export function accessOf(scope: Construct, step: StepContract, settings: ClusterSettings): void {
  const name = serviceAccountOf(step.name);
  // A step pod without a token could not hand over its results.
  new ServiceAccount(scope, `${name}-sa`, {
    metadata: { ...clusterWide(name), namespace: NAMESPACE },
    automountToken: true,
  });
  const rules = [EXECUTOR, ...step.access].flatMap((rule) => named(rule, settings));
  role(
    scope,
    { name, namespace: NAMESPACE },
    name,
    rules.filter((rule) => rule.scope === 'namespace'),
  );
  // Several scopes may be one namespace: kured lives in kube-system more often than not.
  const scopes = [...FOREIGN_NAMESPACES, ...NAMESPACES_BY_SETTING];
  const namespaces = new Set(scopes.flatMap((scoped) => namespaceOf(scoped, settings) ?? []));
  for (const namespace of namespaces) {
    const here = scopes.filter((scoped) => namespaceOf(scoped, settings) === namespace);
    role(
      scope,
      // The namespace is in the name too: one file per object goes by kind and name.
      { name: `${name}-in-${namespace}`, namespace },
      name,
      here.flatMap((scoped) => rules.filter((rule) => rule.scope === scoped)),
    );
  }
  clusterRole(
    scope,
    name,
    step.access.filter((rule) => rule.scope === 'cluster'),
    step.paths ?? [],
  );
}

/** With the names that the settings give; the Secret of an ExternalSecret is nobody's but that one's. */
function named(rule: Access, { secrets, kured }: ClusterSettings): Access[] {
  if (rule.names === undefined) return [rule];
  if (rule.names.includes(SECRET_BY_SETTING) && secrets.externalSecret !== undefined) return [];
  const daemonSet = kured.daemonSet.split('/')[1] ?? '';
  const bySetting: Readonly<Record<string, string>> = {
    [SECRET_BY_SETTING]: secrets.name,
    [KURED_DAEMON_SET]: daemonSet,
  };
  return [{ ...rule, names: rule.names.map((name) => bySetting[name] ?? name) }];
}

/** undefined: this cluster has no such namespace. */
function namespaceOf(
  scope: (typeof FOREIGN_NAMESPACES)[number] | NamespaceBySetting,
  settings: ClusterSettings,
): string | undefined {
  switch (scope) {
    case 'snapshot-namespace':
      return cronJobOf(settings)?.namespace;
    case 'kured-namespace':
      return settings.kured.mode === 'off' ? undefined : settings.kured.daemonSet.split('/')[0];
    case 'default':
    case 'kube-system':
      return scope;
  }
}

/** Everything that the step's ServiceAccount must be allowed, with what the settings say filled in. */
export function permissionRulesOf(step: StepContract, settings: ClusterSettings): readonly PermissionRule[] {
  // Of the CronJob that backs up etcd: it asks the API server for nothing.
  if (step.backup === true) return [];
  const serviceAccount = serviceAccountOf(step.name);
  const rules = [EXECUTOR, ...step.access].flatMap((rule) => named(rule, settings));
  const ofResources = rules.flatMap(({ scope, ...rule }): PermissionRule[] => {
    if (scope === 'cluster') return [{ serviceAccount, ...rule }];
    const namespace = scope === 'namespace' ? NAMESPACE : namespaceOf(scope, settings);
    // A namespace that this cluster has not: there is no role either.
    return namespace === undefined ? [] : [{ serviceAccount, ...rule, namespace }];
  });
  return [...ofResources, ...(step.paths ?? []).map((rule) => ({ serviceAccount, ...rule }))];
}

/** The same, thing by thing, as the API server can be asked about it. */
export const permissionsOf = (step: StepContract, settings: ClusterSettings): readonly Permission[] =>
  permissionRulesOf(step, settings).flatMap(permissionsIn);

interface Place {
  readonly name: string;
  readonly namespace: string;
}

function role(scope: Construct, { name, namespace }: Place, account: string, rules: readonly Access[]): void {
  if (rules.length === 0) return;
  const metadata = { ...clusterWide(name), namespace };
  new k8s.KubeRole(scope, `${name}-role`, { metadata, rules: rules.map(policyRule) });
  new k8s.KubeRoleBinding(scope, `${name}-binding`, {
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: [subject(account)],
  });
}

function clusterRole(scope: Construct, name: string, rules: readonly Access[], paths: readonly PathAccess[]): void {
  if (rules.length + paths.length === 0) return;
  const ofPaths = paths.map((path) => ({ nonResourceUrLs: [...path.paths], verbs: [...path.verbs] }));
  new k8s.KubeClusterRole(scope, `${name}-cluster-role`, {
    metadata: clusterWide(name),
    rules: [...rules.map(policyRule), ...ofPaths],
  });
  new k8s.KubeClusterRoleBinding(scope, `${name}-cluster-binding`, {
    metadata: clusterWide(name),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [subject(name)],
  });
}

const policyRule = ({ apiGroup, resources, verbs, names }: Access): k8s.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
  ...(names === undefined ? {} : { resourceNames: [...names] }),
});

const subject = (name: string): k8s.Subject => ({ kind: 'ServiceAccount', name, namespace: NAMESPACE });
const clusterWide = (name: string) => ({ name, labels: PART_OF, annotations: wave });

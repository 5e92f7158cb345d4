import { k8s, ServiceAccount } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import {
  FOREIGN_NAMESPACES,
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
  const rules = [EXECUTOR, ...step.access];
  role(
    scope,
    { name, namespace: NAMESPACE },
    name,
    rules.filter((rule) => rule.scope === 'namespace').flatMap((rule) => named(rule, settings)),
  );
  for (const scoped of [...FOREIGN_NAMESPACES, ...NAMESPACES_BY_SETTING]) {
    const namespace = namespaceOf(scoped, settings);
    if (namespace === undefined) continue;
    role(
      scope,
      // The namespace is in the name too: one file per object goes by kind and name.
      { name: `${name}-in-${namespace}`, namespace },
      name,
      rules.filter((rule) => rule.scope === scoped),
    );
  }
  clusterRole(
    scope,
    name,
    step.access.filter((rule) => rule.scope === 'cluster'),
    step.paths ?? [],
  );
}

/** With the name that a setting gives; the Secret of an ExternalSecret is nobody's but that one's. */
function named(rule: Access, { secrets }: ClusterSettings): Access[] {
  if (rule.names?.includes(SECRET_BY_SETTING) !== true) return [rule];
  return secrets.externalSecret === undefined ? [{ ...rule, names: [secrets.name] }] : [];
}

/** undefined: this cluster has no such namespace. */
function namespaceOf(
  scope: (typeof FOREIGN_NAMESPACES)[number] | NamespaceBySetting,
  settings: ClusterSettings,
): string | undefined {
  return scope === 'snapshot-namespace' ? cronJobOf(settings)?.namespace : scope;
}

/** Everything that the step's ServiceAccount must be allowed, with what the settings say filled in. */
export function permissionRulesOf(step: StepContract, settings: ClusterSettings): readonly PermissionRule[] {
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

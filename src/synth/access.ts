import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PathAccess, StepContract } from '../contract/step-contract.ts';
import { STEPS } from '../steps/catalog.ts';
import { comment } from './manifest-file.ts';
import { NAMESPACE, PART_OF, serviceAccountOf } from './names.ts';
import { isUsed, pathRulesOf, rulesOf, type PlacedRule } from './rules.ts';
import type { ClusterSettings } from './settings.ts';

const RBAC = 'rbac.authorization.k8s.io';
const wave = { 'argocd.argoproj.io/sync-wave': '-1' };

/** The rights of every step that the settings use, in the order of the catalog. */
export function rbac(scope: Construct, settings: ClusterSettings): void {
  for (const step of STEPS) accessOf(scope, step, settings);
}

/** A ServiceAccount for a step that is used, with exactly the verbs that the step's contract asks for. */
function accessOf(scope: Construct, step: StepContract, settings: ClusterSettings): void {
  if (!isUsed(step, settings)) return;
  const name = serviceAccountOf(step.name);
  // A step pod without a token could not hand over its results.
  const account = new k8s.KubeServiceAccount(scope, `${name}-sa`, {
    metadata: { ...clusterWide(name), namespace: NAMESPACE },
    automountServiceAccountToken: true,
  });
  comment(account, `${step.name}: ${step.summary}`);
  const byNamespace = Map.groupBy(rulesOf(step, settings), ({ namespace }) => namespace);
  for (const [namespace, rules] of byNamespace) {
    if (namespace === undefined) continue;
    // Clusters have the Roles by these names: a new name would leave the old Role behind.
    const role = namespace === NAMESPACE ? name : `${name}-in-${namespace}`;
    roleIn({ name: role, namespace }, rules, name, scope);
  }
  clusterRole(scope, name, byNamespace.get(undefined) ?? [], pathRulesOf(step, settings));
}

interface Place {
  readonly name: string;
  readonly namespace: string;
}

function roleIn({ name, namespace }: Place, rules: readonly PlacedRule[], account: string, scope: Construct): void {
  const metadata = { ...clusterWide(name), namespace };
  new k8s.KubeRole(scope, `${name}-role`, { metadata, rules: rules.map(policyRule) });
  new k8s.KubeRoleBinding(scope, `${name}-binding`, {
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name },
    subjects: [subject(account)],
  });
}

function clusterRole(scope: Construct, name: string, rules: readonly PlacedRule[], paths: readonly PathAccess[]): void {
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

const policyRule = ({ apiGroup, resources, verbs, names }: PlacedRule): k8s.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: [...resources],
  verbs: [...verbs],
  ...(names === undefined ? {} : { resourceNames: [...names] }),
});

const subject = (name: string): k8s.Subject => ({ kind: 'ServiceAccount', name, namespace: NAMESPACE });
const clusterWide = (name: string) => ({ name, labels: PART_OF, annotations: wave });

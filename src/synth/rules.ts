import {
  KURED_DAEMON_SET,
  QUIESCED_DEPLOYMENTS,
  RESTORE_HOOK,
  SECRET_BY_SETTING,
  type Access,
  type Condition,
  type PathAccess,
  type StepContract,
} from '../contract/step-contract.ts';
import { parseObjectName } from '../text/object-name.ts';
import { FORMER_HOOK } from '../upgrade/host/restore-hook.ts';
import { asksForApproval } from './approval.ts';
import { NAMESPACE } from './names.ts';
import type { ClusterSettings } from './settings.ts';
import { cronJobOf } from '../contract/snapshot-cron-job.ts';

/** How Argo's executor, beside each step, hands the step's results to the controller. */
export const EXECUTOR: Access = {
  apiGroup: 'argoproj.io',
  resources: ['workflowtaskresults'],
  verbs: ['create', 'patch'],
  scope: 'namespace',
};

/** A rule as one cluster has it. */
export interface PlacedRule extends Pick<Access, 'apiGroup' | 'resources' | 'verbs' | 'names'> {
  /** undefined: every namespace, and objects that have none. */
  readonly namespace: string | undefined;
}

/** Whether the settings give the step anything to do. */
export const isUsed = ({ backup, when }: StepContract, settings: ClusterSettings): boolean =>
  backup !== true && holds(when, settings);

/** Every rule that the ServiceAccount of the step needs under these settings. */
export const rulesOf = (step: StepContract, settings: ClusterSettings): readonly PlacedRule[] =>
  isUsed(step, settings)
    ? [EXECUTOR, ...step.access].filter(({ when }) => holds(when, settings)).flatMap((rule) => place(rule, settings))
    : [];

export const pathRulesOf = (step: StepContract, settings: ClusterSettings): readonly PathAccess[] =>
  isUsed(step, settings) ? (step.paths ?? []).filter(({ when }) => holds(when, settings)) : [];

const holds = (when: readonly Condition[] = [], settings: ClusterSettings): boolean =>
  when.every((condition) => MEANINGS[condition](settings));

const MEANINGS: Readonly<Record<Condition, (settings: ClusterSettings) => boolean>> = {
  kured: ({ kured }) => kured.mode !== 'off',
  quiesce: ({ controlPlane }) => controlPlane.quiesce.length > 0,
  'learned-host-keys': ({ ssh }) => ssh.hostKeys === 'trust-on-first-use',
  'packages-from-node': ({ packages }) => packages.source === 'node',
  approval: asksForApproval,
  snapshot: (settings) => cronJobOf(settings) !== undefined,
  'api-server-metrics': ({ compatibility }) => compatibility.deprecatedApis.source === 'api-servers',
  'images-prepared': ({ prepare }) => prepare.images !== 'off',
  'restore-hook': ({ controlPlane }) => controlPlane.restoreHook !== undefined,
  'pods-deleted': ({ drain }) => drain.deleteDeadlocked !== 'never',
};

/** The rule in each of its namespaces; nothing where the settings name none. */
function place({ apiGroup, resources, verbs, names, scope }: Access, settings: ClusterSettings): PlacedRule[] {
  // Only External Secrets writes the Secret of an ExternalSecret.
  if (names?.includes(SECRET_BY_SETTING) === true && settings.secrets.externalSecret !== undefined) return [];
  return namespacesOf(scope, settings).map((namespace) => {
    const rule = { apiGroup, resources, verbs, namespace };
    if (names === undefined) return rule;
    return { ...rule, names: names.flatMap((name) => namesBySetting(name, namespace, settings)) };
  });
}

function namesBySetting(
  name: string,
  namespace: string | undefined,
  { secrets, kured, controlPlane }: ClusterSettings,
): readonly string[] {
  switch (name) {
    case SECRET_BY_SETTING:
      return [secrets.name];
    case KURED_DAEMON_SET:
      return [nameIn(kured.daemonSet)];
    case QUIESCED_DEPLOYMENTS:
      return controlPlane.quiesce.filter((path) => namespaceIn(path) === namespace).map(nameIn);
    case RESTORE_HOOK:
      return [nameIn(hookIn(controlPlane))];
    default:
      return [name];
  }
}

const hookIn = ({ restoreHook }: ClusterSettings['controlPlane']): string => restoreHook?.configMap ?? FORMER_HOOK;
const namespaceIn = (path: string): string => parseObjectName(path).namespace;
const nameIn = (path: string): string => parseObjectName(path).name;

/** `[undefined]`: every namespace. */
function namespacesOf(scope: Access['scope'], settings: ClusterSettings): readonly (string | undefined)[] {
  switch (scope) {
    case 'cluster':
      return [undefined];
    case 'namespace':
      return [NAMESPACE];
    case 'default':
    case 'kube-system':
      return [scope];
    case 'snapshot-namespace': {
      const cronJob = cronJobOf(settings);
      return cronJob === undefined ? [] : [cronJob.namespace];
    }
    case 'kured-namespace':
      return settings.kured.mode === 'off' ? [] : [namespaceIn(settings.kured.daemonSet)];
    case 'quiesced-namespaces':
      return [...new Set(settings.controlPlane.quiesce.map(namespaceIn))];
    case 'restore-hook-namespace':
      return [namespaceIn(hookIn(settings.controlPlane))];
  }
}

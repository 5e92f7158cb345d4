import type { StepContract } from '../contract/step-contract.ts';
import { permissionsIn, type Permission, type PermissionRule } from '../run/permission.ts';
import { serviceAccountOf } from './names.ts';
import { pathRulesOf, rulesOf } from './rules.ts';
import type { ClusterSettings } from './settings.ts';

/** Everything that the step's ServiceAccount must be allowed, with what the settings say filled in. */
export function permissionRulesOf(step: StepContract, settings: ClusterSettings): readonly PermissionRule[] {
  const serviceAccount = serviceAccountOf(step.name);
  const ofResources = rulesOf(step, settings).map(({ namespace, ...rule }): PermissionRule =>
    namespace === undefined ? { serviceAccount, ...rule } : { serviceAccount, ...rule, namespace },
  );
  const ofPaths = pathRulesOf(step, settings).map(({ paths, verbs }) => ({ serviceAccount, paths, verbs }));
  return [...ofResources, ...ofPaths];
}

/** One entry per permission, in the form of a SelfSubjectAccessReview. */
export const permissionsOf = (step: StepContract, settings: ClusterSettings): readonly Permission[] =>
  permissionRulesOf(step, settings).flatMap(permissionsIn);

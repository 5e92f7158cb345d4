import type { PermissionRule } from '../run/permission.ts';
import { json, type Param } from './param.ts';

/** What ServiceAccounts must be allowed; a list that says nothing would be taken for a cluster in which all is well. */
export const permissions: Param<readonly PermissionRule[]> = json(checkPermissions, {
  doc: 'What the ServiceAccount of each step must be allowed.',
  example:
    '[{"serviceAccount":"k8s-upgrade-drain","apiGroup":"","resources":["nodes"],"verbs":["get","list"]},{"serviceAccount":"k8s-upgrade-gate","paths":["/metrics"],"verbs":["get"]}]',
});

function checkPermissions(value: unknown): readonly PermissionRule[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isRule)) return value;
  throw new RangeError(
    'a list of {"serviceAccount", "verbs", "apiGroup", "resources", "namespace", "names"} or {"serviceAccount", "verbs", "paths"}, and not an empty one',
  );
}

function isRule(value: unknown): value is PermissionRule {
  const { serviceAccount, verbs, paths, ...what } = Object(value) as Record<string, unknown>;
  if (typeof serviceAccount !== 'string' || !areTexts(verbs)) return false;
  return paths === undefined ? isAboutResources(what) : areTexts(paths) && Object.keys(what).length === 0;
}

function isAboutResources({ apiGroup, resources, namespace, names, ...rest }: Record<string, unknown>): boolean {
  return (
    typeof apiGroup === 'string' &&
    areTexts(resources) &&
    ['string', 'undefined'].includes(typeof namespace) &&
    (names === undefined || areTexts(names)) &&
    Object.keys(rest).length === 0
  );
}

const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');

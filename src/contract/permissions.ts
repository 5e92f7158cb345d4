import type { PermissionRule } from '../run/permission.ts';
import { conforms } from '../settings/conforms.ts';
import type { SettingSchema } from '../settings/schema.ts';
import { json, type Param } from './param.ts';

/** What ServiceAccounts must be allowed; an empty list would look like a cluster without problems. */
export const permissions: Param<readonly PermissionRule[]> = json(checkPermissions, {
  doc: 'What the ServiceAccount of each step must be allowed.',
  example:
    '[{"serviceAccount":"k8s-upgrade-drain","apiGroup":"","resources":["nodes"],"verbs":["get","list"]},{"serviceAccount":"k8s-upgrade-gate","paths":["/metrics"],"verbs":["get"]}]',
});

const text: SettingSchema = { type: 'string' };
const texts: SettingSchema = { type: 'array', minItems: 1, items: text };
const whose = { serviceAccount: text, verbs: texts };

const RULES: readonly SettingSchema[] = [
  {
    type: 'object',
    required: ['serviceAccount', 'verbs', 'apiGroup', 'resources'],
    properties: { ...whose, apiGroup: text, resources: texts, namespace: text, names: texts },
  },
  { type: 'object', required: ['serviceAccount', 'verbs', 'paths'], properties: { ...whose, paths: texts } },
];

function checkPermissions(value: unknown): readonly PermissionRule[] {
  if (Array.isArray(value) && value.length > 0 && value.every(isRule)) return value;
  throw new RangeError(
    'a list of {"serviceAccount", "verbs", "apiGroup", "resources", "namespace", "names"} or {"serviceAccount", "verbs", "paths"}, and not an empty one',
  );
}

const isRule = (value: unknown): value is PermissionRule => RULES.some((schema) => conforms(schema, value));

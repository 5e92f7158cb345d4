/** One permission that a step needs, in RBAC terms. */
export interface Permission {
  /** ServiceAccount in this project's namespace. */
  readonly serviceAccount: string;
  readonly verb: string;
  readonly what:
    | { readonly path: string }
    | {
        readonly apiGroup: string;
        readonly resource: string;
        /** undefined: all namespaces. */
        readonly namespace: string | undefined;
        /** undefined: all names. */
        readonly name: string | undefined;
      };
}

/** Several permissions in one rule, as a Role holds them. */
export type PermissionRule = {
  /** ServiceAccount in this project's namespace. */
  readonly serviceAccount: string;
  readonly verbs: readonly string[];
} & (
  | { readonly paths: readonly string[] }
  | {
      readonly apiGroup: string;
      readonly resources: readonly string[];
      /** Absent: all namespaces. */
      readonly namespace?: string;
      /** Absent: all names. */
      readonly names?: readonly string[];
    }
);

export function permissionsIn(rule: PermissionRule): readonly Permission[] {
  const { serviceAccount, verbs } = rule;
  return whatIn(rule).flatMap((what) => verbs.map((verb) => ({ serviceAccount, verb, what })));
}

function whatIn(rule: PermissionRule): readonly Permission['what'][] {
  if ('paths' in rule) return rule.paths.map((path) => ({ path }));
  const { apiGroup, resources, namespace, names = [undefined] } = rule;
  return resources.flatMap((resource) => names.map((name) => ({ apiGroup, resource, namespace, name })));
}

/** Returns `get pods/log in kube-system`, for a person. */
export function formatPermission({ verb, what }: Permission): string {
  if ('path' in what) return `${verb} ${what.path}`;
  const { apiGroup, resource, namespace, name } = what;
  const kind = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}`;
}

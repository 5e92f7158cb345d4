/** One thing that somebody must be allowed to do, in the words of RBAC. */
export interface Permission {
  /** Of our namespace. */
  readonly serviceAccount: string;
  readonly verb: string;
  readonly what:
    | { readonly path: string }
    | {
        readonly apiGroup: string;
        readonly resource: string;
        /** Everywhere when undefined. */
        readonly namespace: string | undefined;
        /** Any when undefined. */
        readonly name: string | undefined;
      };
}

/** Several of them in one rule, as a role says it. */
export type PermissionRule = {
  /** Of our namespace. */
  readonly serviceAccount: string;
  readonly verbs: readonly string[];
} & (
  | { readonly paths: readonly string[] }
  | {
      readonly apiGroup: string;
      readonly resources: readonly string[];
      /** Everywhere when absent. */
      readonly namespace?: string;
      /** Any when absent. */
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

/** `get pods/log in kube-system`, for a person. */
export function formatPermission({ verb, what }: Permission): string {
  if ('path' in what) return `${verb} ${what.path}`;
  const { apiGroup, resource, namespace, name } = what;
  const kind = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}`;
}

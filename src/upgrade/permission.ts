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

/** `get pods/log in kube-system`, for a person. */
export function formatPermission({ verb, what }: Permission): string {
  if ('path' in what) return `${verb} ${what.path}`;
  const { apiGroup, resource, namespace, name } = what;
  const kind = apiGroup === '' ? resource : `${resource}.${apiGroup}`;
  return `${verb} ${kind}${name === undefined ? '' : ` ${name}`} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}`;
}

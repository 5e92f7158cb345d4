/**
 * The `restricted` profile of Pod Security, as far as a workflow can break it.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted (v1.34)
 */
export interface PodSecurity {
  /** `securityContext` of the pod. */
  readonly pod: object;
  /** `securityContext` of the container. */
  readonly container: object;
  readonly volumes: readonly object[];
  /** Every field of the pod that we set beside those. */
  readonly fields: readonly string[];
}

interface Context {
  readonly [field: string]: unknown;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type?: string };
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
/** Fields that the profile forbids or restricts, and a patch, which cannot be judged. No pod needs any of them. */
const FORBIDDEN_IN_CONTEXT = [
  'privileged',
  'procMount',
  'seLinuxOptions',
  'windowsOptions',
  'sysctls',
  'appArmorProfile',
];
const FORBIDDEN_IN_POD = [
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostAliases',
  'podSpecPatch',
  'initContainers',
  'sidecars',
  'containerSet',
];

export function restrictedProblems({ pod, container, volumes, fields }: PodSecurity): string[] {
  const contexts: readonly Context[] = [container as Context, pod as Context];
  const effective: Context = { ...pod, ...container };
  const { capabilities, seccompProfile } = effective;
  return [
    ...(effective.runAsNonRoot === true ? [] : ['may run as root']),
    ...contexts.flatMap(({ runAsUser }) => (runAsUser === 0 ? ['runs as user 0'] : [])),
    ...(['RuntimeDefault', 'Localhost'].includes(seccompProfile?.type ?? '') ? [] : ['no seccomp profile']),
    ...((container as Context).allowPrivilegeEscalation === false ? [] : ['may gain privileges']),
    ...(capabilities?.drop?.includes('ALL') === true ? [] : ['keeps capabilities']),
    ...(capabilities?.add ?? []).filter((added) => added !== 'NET_BIND_SERVICE').map((added) => `adds ${added}`),
    ...contexts.flatMap((context) => FORBIDDEN_IN_CONTEXT.filter((field) => field in context)),
    ...FORBIDDEN_IN_POD.filter((field) => fields.includes(field)),
    ...volumes.flatMap((volume) =>
      Object.keys(volume)
        .filter((key) => key !== 'name' && !VOLUMES.includes(key))
        .map((type) => `mounts a ${type}`),
    ),
  ];
}

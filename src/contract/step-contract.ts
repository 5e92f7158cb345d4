import type { Param } from './param.ts';

export type Params = Readonly<Record<string, Param<unknown>>>;
export type ValuesOf<P> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** Namespaces of others in which a step may need something. */
export const FOREIGN_NAMESPACES = ['kube-system', 'default'] as const;
type ForeignNamespace = (typeof FOREIGN_NAMESPACES)[number];

/** Namespaces that a setting of the cluster names; synth knows which. */
type NamespaceBySetting = 'snapshot-namespace' | 'kured-namespace' | 'quiesced-namespaces' | 'restore-hook-namespace';

/** A name in `names` that a setting of the cluster gives: of the Secret with the SSH key. */
export const SECRET_BY_SETTING = 'secret-by-setting';

/** An object whose name is a setting; synth puts the name in its place. */
export const KURED_DAEMON_SET = '<kured>';

/** In `names` of a rule for `quiesced-namespaces`: the Deployments of `controlPlane.quiesce` in each of them. */
export const QUIESCED_DEPLOYMENTS = '<quiesced>';

/** In `names` of a rule for `restore-hook-namespace`: the ConfigMap of `controlPlane.restoreHook`, else FORMER_HOOK. */
export const RESTORE_HOOK = '<restore-hook>';

/**
 * Settings that decide whether a rule is rendered: a right that no setting needs is not given. synth knows which setting
 * each condition reads.
 */
export type Condition =
  | 'kured'
  | 'quiesce'
  | 'learned-host-keys'
  | 'packages-from-node'
  | 'approval'
  | 'snapshot'
  | 'api-server-metrics'
  | 'images-prepared'
  | 'pods-deleted'
  | 'restore-hook';

/** One rule of what a step may do with the Kubernetes API, in the words of RBAC. */
export interface Access {
  /** `''` is the core group. */
  readonly apiGroup: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only these objects, or those that a setting names; not possible for `create` and `list`. */
  readonly names?: readonly string[];
  /** `namespace`: our own namespace only. `cluster`: everywhere. Else the one namespace of that name, or by that setting. */
  readonly scope: 'namespace' | 'cluster' | ForeignNamespace | NamespaceBySetting;
  /** The rule is rendered only while all of these hold. Absent: always. */
  readonly when?: readonly Condition[];
}

/** `{ paths, verbs }` for addresses of the API server that are no resources, such as /readyz. */
export interface PathAccess {
  readonly paths: readonly string[];
  readonly verbs: readonly string[];
  /** The rule is rendered only while all of these hold. Absent: always. */
  readonly when?: readonly Condition[];
}

/** A step's whole public face: what synth, the step itself and the reference page read. */
export interface StepContract<I extends Params = Params, O extends Params = Params> {
  readonly name: string;
  /** One sentence, as an operator would say it. */
  readonly summary: string;
  readonly inputs: I;
  readonly outputs: O;
  /** The step belongs to a workflow only while all of these hold; otherwise it has no ServiceAccount. Absent: always. */
  readonly when?: readonly Condition[];
  readonly access: readonly Access[];
  readonly paths?: readonly PathAccess[];
  /** Whether it logs in to nodes: brings the SSH key, the remembered host keys and the way out to port 22. */
  readonly ssh: boolean;
  /** Whether its pods are given the key of a rotation, where there is one. Without `ssh`, they are given no other key. */
  readonly sshNext?: boolean;
  /** Whether it asks the package repository: brings the way out to that. */
  readonly repository?: boolean;
  /** Whether it sends messages about a run: mounts the addresses of the webhooks, and opens the way to them. */
  readonly chat?: boolean;
  /** Whether it is a container of our CronJob that backs up etcd, and no pod of a run: it works on files of the node. */
  readonly backup?: boolean;
  /** Whether it checks the Secret: its pods mount every key, and start without any of them, too. */
  readonly mountsWholeSecret?: boolean;
  /** How long one attempt may take: a fixed number of seconds plus the inputs named, which count seconds. */
  readonly deadline: { readonly seconds: number; readonly plus?: readonly string[] };
}

/** Declares a step; the types of its inputs and outputs are kept. */
export function defineStep<const I extends Params, const O extends Params>(
  contract: StepContract<I, O> & { readonly deadline: { readonly plus?: readonly (keyof I)[] } },
): StepContract<I, O> {
  return contract;
}

/** `gracePeriodSeconds` → `GRACE_PERIOD_SECONDS`. */
export const envName = (param: string): string => param.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** Default of `OUTPUT_DIR`. */
export const DEFAULT_OUTPUT_DIR = '/tmp/outputs';
export const outputPath = (output: string, dir = DEFAULT_OUTPUT_DIR): string => `${dir}/${output}`;

/** Where the pods find the SSH key. */
export const SSH_KEY_DIR = '/etc/argo-kubeadm-upgrade/ssh';

/** The Secret that an operator makes for a rotation, with the next key as `ssh_key`; its name among the keys of a pod. */
export const NEXT_KEY_SECRET = 'k8s-upgrade-ssh-key-next';
export const NEXT_KEY_FILE = 'ssh_key_next';

/** Where the pods that ask over HTTPS find the CA certificates of `certificateAuthorities`. */
export const CA_DIR = '/etc/argo-kubeadm-upgrade/ca';
export const CA_FILE = `${CA_DIR}/ca.crt`;

/** Where the pods that ask servers find the logins, each under its key of the Secret. */
export const LOGIN_DIR = '/etc/argo-kubeadm-upgrade/logins';

/** Where the pods that tell people find the addresses of the webhooks, each under its key of the Secret. */
export const CHAT_DIR = '/etc/argo-kubeadm-upgrade/chat';

export interface DrainPolicy {
  readonly deleteEmptyDirData: boolean;
  readonly deleteUnmanagedPods: boolean;
  /** Namespace of this project. */
  readonly namespace: string;
}

/** The fields of a pod that decide whether a drain evicts it. */
export interface DrainedPod {
  readonly namespace: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly mirror: boolean;
  readonly daemonSet: boolean;
  readonly boundToNode: boolean;
  readonly controlled: boolean;
  readonly emptyDir: boolean;
  readonly workflow: string | undefined;
}

/**
 * `leave`: the pod may stay. `evict`: the pod must go. `object`: the pod must go and must not be evicted, so the drain
 * must not begin.
 */
export type FilterStatus =
  { readonly kind: 'leave' } | { readonly kind: 'evict' } | { readonly kind: 'object'; readonly because: string };

type Rule = (pod: DrainedPod, policy: DrainPolicy) => FilterStatus | undefined;

const LEAVE: FilterStatus = { kind: 'leave' };
const EVICT: FilterStatus = { kind: 'evict' };

/** Filters in order; the first one that decides wins, so the order matters (as in kubectl drain). */
const RULES: readonly Rule[] = [
  // Its containers ended and it holds no resources. A step of this project still needs its log.
  (pod) => (pod.phase === 'Succeeded' || pod.phase === 'Failed' ? LEAVE : undefined),
  (pod) => (pod.mirror ? LEAVE : undefined),
  // Its controller would recreate it on the node, because daemon pods tolerate the cordon.
  (pod) => (pod.daemonSet || pod.boundToNode ? LEAVE : undefined),
  // Argo starts the step again on another node. Its emptyDir holds only scratch data.
  (pod, policy) => (isOwnStep(pod, policy) ? EVICT : undefined),
  (pod, policy) =>
    pod.controlled || policy.deleteUnmanagedPods
      ? undefined
      : object('no controller would recreate it, and drain.deleteUnmanagedPods is false'),
  (pod, policy) =>
    pod.emptyDir && !policy.deleteEmptyDirData
      ? object('it has an emptyDir volume, and drain.deleteEmptyDirData is false')
      : undefined,
];

export function filterStatus(pod: DrainedPod, policy: DrainPolicy): FilterStatus {
  for (const rule of RULES) {
    const opinion = rule(pod, policy);
    if (opinion !== undefined) return opinion;
  }
  return EVICT;
}

/** Returns whether the pod is a step of any run of this project, such as the exit handler of a stopped run. */
export const isOwnStep = (
  { namespace, workflow }: Pick<DrainedPod, 'namespace' | 'workflow'>,
  policy: Pick<DrainPolicy, 'namespace'>,
): boolean => workflow !== undefined && namespace === policy.namespace;

const object = (because: string): FilterStatus => ({ kind: 'object', because });

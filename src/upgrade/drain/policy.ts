export interface DrainPolicy {
  readonly deleteEmptyDirData: boolean;
  readonly deleteUnmanagedPods: boolean;
  /** Our own namespace. */
  readonly namespace: string;
}

/** A pod, as far as it decides whether it must go. */
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

/** `leave`: it may stay. `evict`: it must go. `object`: it must go and may not, so the drain must not begin. */
export type Opinion =
  { readonly kind: 'leave' } | { readonly kind: 'evict' } | { readonly kind: 'object'; readonly because: string };

type Rule = (pod: DrainedPod, policy: DrainPolicy) => Opinion | undefined;

const LEAVE: Opinion = { kind: 'leave' };
const EVICT: Opinion = { kind: 'evict' };

/** Small opinions in order; the first rule with one wins, so order is meaning (as in kubectl drain). */
const RULES: readonly Rule[] = [
  // Its containers ended and it holds nothing; for a step of ours, its log is still wanted.
  (pod) => (pod.phase === 'Succeeded' || pod.phase === 'Failed' ? LEAVE : undefined),
  (pod) => (pod.mirror ? LEAVE : undefined),
  // Its controller would put it right back on the node: daemons tolerate the cordon.
  (pod) => (pod.daemonSet || pod.boundToNode ? LEAVE : undefined),
  // Argo starts it again elsewhere, and nothing but scratch is in its emptyDir.
  (pod, policy) => (isOwnStep(pod, policy) ? EVICT : undefined),
  (pod, policy) =>
    pod.controlled || policy.deleteUnmanagedPods
      ? undefined
      : object('no controller would make it anew, and drain.deleteUnmanagedPods is false'),
  (pod, policy) =>
    pod.emptyDir && !policy.deleteEmptyDirData
      ? object('it has an emptyDir volume, and drain.deleteEmptyDirData is false')
      : undefined,
];

export function opinionOn(pod: DrainedPod, policy: DrainPolicy): Opinion {
  for (const rule of RULES) {
    const opinion = rule(pod, policy);
    if (opinion !== undefined) return opinion;
  }
  return EVICT;
}

/** A step of this pipeline, of whichever run: the exit handler of one that was stopped, say. */
export const isOwnStep = (
  { namespace, workflow }: Pick<DrainedPod, 'namespace' | 'workflow'>,
  policy: Pick<DrainPolicy, 'namespace'>,
): boolean => workflow !== undefined && namespace === policy.namespace;

const object = (because: string): Opinion => ({ kind: 'object', because });

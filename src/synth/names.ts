/** Names that operators type and that other objects refer to; the specification fixes them. */
export const NAMESPACE = 'k8s-upgrade';
export const UPGRADE = 'k8s-upgrade';
export const UPGRADE_NODE = 'k8s-upgrade-node';
export const NIGHTLY = 'k8s-upgrade-nightly';
/** Every workflow that changes the cluster queues on it. */
export const MUTEX = 'k8s-upgrade';

export const serviceAccountOf = (step: string): string => `k8s-upgrade-${step}`;

export const PART_OF = { 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' } as const;
export const STEP_LABEL = 'app.kubernetes.io/component';
/** On the pods of steps that log in to nodes: a NetworkPolicy lets them out to sshd. */
export const SSH_LABEL = 'argo-kubeadm-upgrade.io/ssh';
/** On the pods of steps that ask the package repository: a NetworkPolicy lets them out to it. */
export const REPOSITORY_LABEL = 'argo-kubeadm-upgrade.io/repository';

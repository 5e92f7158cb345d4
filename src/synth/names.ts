import { WORKFLOW_TEMPLATES } from '../upgrade/operation.ts';

/** Names that operators type and that other objects refer to; the specification fixes them. */
export const NAMESPACE = 'k8s-upgrade';
export const UPGRADE = WORKFLOW_TEMPLATES.upgrade;
export const UPGRADE_NODE = WORKFLOW_TEMPLATES['upgrade-node'];
export const DETECT = 'k8s-upgrade-detect';
export const RESET = WORKFLOW_TEMPLATES.reset;
export const ROLLBACK = WORKFLOW_TEMPLATES.rollback;
export const ROTATE = WORKFLOW_TEMPLATES['ssh-key-rotation'];
export const NIGHTLY = 'k8s-upgrade-nightly';
export const REPORT = 'k8s-upgrade-report';
export const DOCTOR = 'k8s-upgrade-doctor';
/** Every workflow that changes the cluster queues on it. */
export const MUTEX = 'k8s-upgrade';

export const serviceAccountOf = (step: string): string => `k8s-upgrade-${step}`;

export const PART_OF = { 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' } as const;
export const STEP_LABEL = 'app.kubernetes.io/component';
/** On the pods of steps that log in to nodes: a NetworkPolicy lets them out to sshd. */
export const SSH_LABEL = 'argo-kubeadm-upgrade.io/ssh';
/** On the pods of steps that ask the package repository: a NetworkPolicy lets them out to it. */
export const REPOSITORY_LABEL = 'argo-kubeadm-upgrade.io/repository';

/** On the pods of steps that tell people: a NetworkPolicy lets them out to the chat. */
export const CHAT_LABEL = 'argo-kubeadm-upgrade.io/chat';

export const ALERT_RULES = 'k8s-upgrade-alert-rules';
/** Key of the ConfigMap in which the plain rule file is. */
export const RULE_FILE = 'upgrade-gates.yaml';
export const DASHBOARD = 'k8s-upgrade-dashboard';

/** Ours and the operator's, who writes a label as key=value. */
export const labelled = (labels: readonly string[]): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(labels.map(splitLabel)),
  ...PART_OF,
});

/** What the schema accepts has one = in it. */
function splitLabel(label: string): [key: string, value: string] {
  const [key = '', value = ''] = label.split('=');
  return [key, value];
}

/** A run that is no upgrade. An operator starts it by hand. */
export const OPERATIONS = ['reset', 'rollback', 'ssh-key-rotation'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The operation in the middle of a sentence. */
export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  reset: 'reset',
  rollback: 'worker rollback',
  'ssh-key-rotation': 'SSH key rotation',
};

/** The WorkflowTemplates that operators submit. */
export const WORKFLOW_TEMPLATES = {
  upgrade: 'k8s-upgrade',
  'upgrade-node': 'k8s-upgrade-node',
  reset: 'k8s-upgrade-reset',
  rollback: 'k8s-upgrade-rollback-worker',
  'ssh-key-rotation': 'k8s-upgrade-rotate-ssh-key',
} as const;

/** The command that starts a run. Each of `parameters` has the form `name=value`. */
export const submitCommand = (template: keyof typeof WORKFLOW_TEMPLATES, ...parameters: readonly string[]): string =>
  [
    `argo submit -n k8s-upgrade --from workflowtemplate/${WORKFLOW_TEMPLATES[template]}`,
    ...parameters.map((each) => `-p ${each}`),
  ].join(' ');

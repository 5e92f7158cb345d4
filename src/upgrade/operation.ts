/** The purpose of a run: an upgrade, or an operation that an operator starts by hand. */
export const OPERATIONS = ['upgrade', 'reset', 'rollback', 'ssh-key-rotation'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The operation in the middle of a sentence. */
export const OPERATION_WORDS: Readonly<Record<Operation, string>> = {
  upgrade: 'upgrade',
  reset: 'reset',
  rollback: 'worker rollback',
  'ssh-key-rotation': 'SSH key rotation',
};

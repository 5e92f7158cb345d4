/** The purpose of a run: an upgrade, or an operation that an operator starts by hand. */
export const ERRANDS = ['upgrade', 'reset', 'rollback', 'ssh-key-rotation'] as const;
export type Errand = (typeof ERRANDS)[number];

/** The operation in the middle of a sentence. */
export const ERRAND_WORDS: Readonly<Record<Errand, string>> = {
  upgrade: 'upgrade',
  reset: 'reset',
  rollback: 'worker rollback',
  'ssh-key-rotation': 'SSH key rotation',
};

/** What a run is for: an upgrade, or one of the things that an operator has done by hand. */
export const ERRANDS = ['upgrade', 'reset', 'rollback', 'ssh-key-rotation'] as const;
export type Errand = (typeof ERRANDS)[number];

/** As a sentence goes on. */
export const ERRAND_WORDS: Readonly<Record<Errand, string>> = {
  upgrade: 'upgrade',
  reset: 'reset',
  rollback: 'worker rollback',
  'ssh-key-rotation': 'SSH key rotation',
};

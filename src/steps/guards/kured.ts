import type { Kured } from '../ports/kured.ts';
import type { Fence } from './fence.ts';

export const fencedKured = (kured: Kured, fence: Fence): Kured => ({
  state: () => kured.state(),
  installed: () => kured.installed(),
  writeLock: async (seen, lock) => {
    await fence();
    return kured.writeLock(seen, lock);
  },
});

/** Where the settings say that there is no kured, or that it is none of our business. */
export const NO_KURED: Kured = {
  state: async () => undefined,
  installed: async () => [],
  writeLock: async () => 'gone',
};

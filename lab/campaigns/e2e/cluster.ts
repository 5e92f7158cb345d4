/** What the cluster runs at first, and the patch that appears. */
export const RUNNING = '1.34.9';
export const NEXT = '1.34.10';
/** The patch that one node takes by hand, and the patch of the bare loop. */
export const BY_HAND = '1.34.11';
export const LOOP = '1.34.12';

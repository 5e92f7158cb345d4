import type { NodeTask } from './order.ts';

/** Names of workers that are upgraded at the same time. */
export type Batch = readonly string[];

/** Splits a list into lists of `size` members. The last list may be shorter. */
export function inBatches<T>(members: readonly T[], size: number): T[][] {
  const count = Math.ceil(members.length / size);
  return Array.from({ length: count }, (_, index) => members.slice(index * size, (index + 1) * size));
}

/** Splits workers into batches of `size`, in their order. */
export const batchesOf = (workers: readonly NodeTask[], size: number): Batch[] =>
  inBatches(
    workers.map(({ name }) => name),
    size,
  );

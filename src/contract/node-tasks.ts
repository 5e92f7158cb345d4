import type { Batch } from '../upgrade/node/batches.ts';
import { DIRECTIONS, NODE_ROLES, type NodeTask } from '../upgrade/node/order.ts';
import { json, oneOf, type ParamOptions, type Param } from './param.ts';

export const nodeName = (doc: string): ParamOptions => ({ doc, example: 'worker-1' });

export const nodeRole = oneOf(NODE_ROLES, {
  doc: 'What kubeadm does there: the first control-plane node applies, every other node follows.',
  example: 'worker',
});

export const direction = oneOf(DIRECTIONS, {
  doc: 'forward: an upgrade. back: a worker is taken to an older version.',
  example: 'forward',
});

/** A list of nodes to do, in order, as a fan-out takes it: `[{"name":"worker-1","role":"worker"}]`. */
export const nodeTasks = (doc: string): Param<readonly NodeTask[]> =>
  json(checkNodeTasks, { doc, example: '[{"name":"worker-1","role":"worker"}]' });

/** Names of workers that are upgraded at the same time: `["worker-1","worker-2"]`. */
export const batchOfNodes: Param<Batch> = json(checkBatch, {
  doc: 'Names of workers to do at the same time.',
  example: '["worker-1","worker-2"]',
});

/** Batches of workers, in order, as a fan-out takes them: `[["worker-1","worker-2"],["worker-3"]]`. */
export const nodeBatches = (doc: string): Param<readonly Batch[]> =>
  json(checkBatches, { doc, example: '[["worker-1","worker-2"],["worker-3"]]' });

const isBatch = (value: unknown): value is Batch =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

function checkBatch(value: unknown): Batch {
  if (!isBatch(value)) throw new RangeError('a list of names');
  return value;
}

function checkBatches(value: unknown): readonly Batch[] {
  if (!Array.isArray(value) || !value.every(isBatch)) throw new RangeError('a list of lists of names');
  return value;
}

function checkNodeTasks(value: unknown): readonly NodeTask[] {
  if (!Array.isArray(value) || !value.every(isNodeTask)) throw new RangeError('a list of {"name", "role"}');
  return value;
}

function isNodeTask(value: unknown): value is NodeTask {
  if (typeof value !== 'object' || value === null) return false;
  const { name, role } = value as Record<string, unknown>;
  return typeof name === 'string' && NODE_ROLES.some((known) => known === role);
}

import { DIRECTIONS, NODE_ROLES, type NodeTask } from '../upgrade/node-order.ts';
import { json, oneOf, type About, type Param } from './param.ts';

export const nodeName = (doc: string): About => ({ doc, example: 'worker-1' });

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

function checkNodeTasks(value: unknown): readonly NodeTask[] {
  if (!Array.isArray(value) || !value.every(isNodeTask)) throw new RangeError('a list of {"name", "role"}');
  return value;
}

function isNodeTask(value: unknown): value is NodeTask {
  if (typeof value !== 'object' || value === null) return false;
  const { name, role } = value as Record<string, unknown>;
  return typeof name === 'string' && NODE_ROLES.some((known) => known === role);
}

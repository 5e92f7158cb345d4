import type { StepContract } from '../contract/step-contract.ts';
import { begin } from './begin/contract.ts';
import { detect } from './detect/contract.ts';
import { drain } from './drain/contract.ts';
import { finish } from './finish/contract.ts';
import { gate } from './gate/contract.ts';
import { inventory } from './inventory/contract.ts';
import { prepare } from './prepare/contract.ts';
import { upgradeNode } from './upgrade-node/contract.ts';
import { verifyNode } from './verify-node/contract.ts';

/** Every step, in the order in which a run meets them. */
export const STEPS: readonly StepContract[] = [
  detect,
  gate,
  begin,
  inventory,
  prepare,
  drain,
  upgradeNode,
  verifyNode,
  finish,
];

export { begin, detect, drain, finish, gate, inventory, prepare, upgradeNode, verifyNode };

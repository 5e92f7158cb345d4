import type { StepContract } from '../contract/step-contract.ts';
import { admit } from './admit/contract.ts';
import { begin } from './begin/contract.ts';
import { detect } from './detect/contract.ts';
import { drain } from './drain/contract.ts';
import { finish } from './finish/contract.ts';
import { gate } from './gate/contract.ts';
import { inventory } from './inventory/contract.ts';
import { keepSnapshot } from './keep-snapshot/contract.ts';
import { postflight } from './postflight/contract.ts';
import { preflight } from './preflight/contract.ts';
import { prepare } from './prepare/contract.ts';
import { rehearse } from './rehearse/contract.ts';
import { snapshot } from './snapshot/contract.ts';
import { upgradeNode } from './upgrade-node/contract.ts';
import { verifyNode } from './verify-node/contract.ts';

/** Every step, in the order in which a run meets them; the last one is of the CronJob that backs up etcd. */
export const STEPS: readonly StepContract[] = [
  ...[detect, gate, preflight, begin, snapshot, inventory, rehearse, prepare],
  ...[admit, drain, upgradeNode, verifyNode, postflight, finish, keepSnapshot],
];

export {
  admit,
  begin,
  detect,
  drain,
  finish,
  gate,
  inventory,
  keepSnapshot,
  postflight,
  preflight,
  prepare,
  rehearse,
  snapshot,
  upgradeNode,
  verifyNode,
};

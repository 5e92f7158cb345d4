import type { StepContract } from '../contract/step-contract.ts';
import { admit } from './admit/contract.ts';
import { begin } from './begin/contract.ts';
import { detect } from './detect/contract.ts';
import { drain } from './drain/contract.ts';
import { finish } from './finish/contract.ts';
import { gate } from './gate/contract.ts';
import { inventory } from './inventory/contract.ts';
import { planRollback } from './plan-rollback/contract.ts';
import { preflight } from './preflight/contract.ts';
import { prepare } from './prepare/contract.ts';
import { proveSshKey } from './prove-ssh-key/contract.ts';
import { rehearse } from './rehearse/contract.ts';
import { reset } from './reset/contract.ts';
import { snapshot } from './snapshot/contract.ts';
import { sshKey } from './ssh-key/contract.ts';
import { switchSshKey } from './switch-ssh-key/contract.ts';
import { upgradeNode } from './upgrade-node/contract.ts';
import { verifyNode } from './verify-node/contract.ts';

/** Every step, in the order in which a run meets them; then those of the other things that an operator has done. */
export const STEPS: readonly StepContract[] = [
  ...[detect, gate, preflight, begin, snapshot, inventory, rehearse, prepare],
  ...[admit, drain, upgradeNode, verifyNode, finish],
  ...[reset, planRollback, sshKey, proveSshKey, switchSshKey],
];

export {
  admit,
  begin,
  detect,
  drain,
  finish,
  gate,
  inventory,
  planRollback,
  preflight,
  prepare,
  proveSshKey,
  rehearse,
  reset,
  snapshot,
  sshKey,
  switchSshKey,
  upgradeNode,
  verifyNode,
};

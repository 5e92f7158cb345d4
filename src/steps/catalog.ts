import type { StepContract } from '../contract/step-contract.ts';
import { admit } from './admit/contract.ts';
import { begin } from './begin/contract.ts';
import { detect } from './detect/contract.ts';
import { doctor } from './doctor/contract.ts';
import { drain } from './drain/contract.ts';
import { finish } from './finish/contract.ts';
import { finishOperation } from './finish-operation/contract.ts';
import { gate } from './gate/contract.ts';
import { inventory } from './inventory/contract.ts';
import { keepSnapshot } from './keep-snapshot/contract.ts';
import { plan } from './plan/contract.ts';
import { planRollback } from './plan-rollback/contract.ts';
import { postflight } from './postflight/contract.ts';
import { preflight } from './preflight/contract.ts';
import { prepare } from './prepare/contract.ts';
import { proveSshKey } from './prove-ssh-key/contract.ts';
import { rehearse } from './rehearse/contract.ts';
import { report } from './report/contract.ts';
import { reset } from './reset/contract.ts';
import { snapshot } from './snapshot/contract.ts';
import { sshKey } from './ssh-key/contract.ts';
import { switchSshKey } from './switch-ssh-key/contract.ts';
import { upgradeNode } from './upgrade-node/contract.ts';
import { verifyNode } from './verify-node/contract.ts';

/**
 * Every step, in the order in which a run meets them. Then follow the step of the morning report, the one of the CronJob
 * that backs up etcd, and those of the operations.
 */
export const STEPS: readonly StepContract[] = [
  detect,
  gate,
  plan,
  preflight,
  begin,
  snapshot,
  inventory,
  rehearse,
  prepare,
  admit,
  drain,
  upgradeNode,
  verifyNode,
  postflight,
  finish,
  report,
  keepSnapshot,
  reset,
  planRollback,
  sshKey,
  proveSshKey,
  switchSshKey,
  finishOperation,
  doctor,
];

import type { RunnerRules } from '../../upgrade/drain/runner.ts';
import type { HookSetting } from '../../upgrade/host/restore-hook.ts';
import { isIll, type Line } from './ailment.ts';
import {
  judgeArgo,
  judgeCronJob,
  judgeLogins,
  judgePermissions,
  judgePushgateway,
  judgeRunners,
  judgeSecret,
  judgeSeries,
  type SecretWish,
} from './judge.ts';
import { judgeCaBundle } from './judge-ca-bundle.ts';
import { judgeHook } from './judge-hook.ts';
import { judgeOtherNodes } from './judge-nodes.ts';
import { judgeKured } from './judge-kured.ts';
import { judgeLeftAtZero, judgeRunState } from './judge-run-state.ts';
import { judgeServerLogins } from './judge-server-logins.ts';
import { messageOf, objectionOf } from './message.ts';
import type { DoctorFacts } from './observe.ts';

export interface DoctorWish extends SecretWish {
  readonly argoVersion: string;
  readonly cronJob: string | undefined;
  readonly kuredDaemonSet: string | undefined;
  readonly runners: RunnerRules;
  readonly restoreHook: HookSetting | undefined;
  readonly annotationPrefix: string;
  readonly certificateAuthorities: string | undefined;
  readonly serverLogins: readonly string[];
}

export interface Checkup {
  readonly lines: readonly Line[];
  readonly health: 'well' | 'ill';
  readonly doctorMessage: string;
}

export function decide(facts: DoctorFacts, wish: DoctorWish): Checkup {
  const lines = [
    ...judgeArgo(facts, wish.argoVersion),
    ...judgePermissions(facts.permitted),
    ...judgeSecret(facts.secret, wish),
    ...judgeServerLogins(facts.secret, wish),
    ...judgeOtherNodes(facts.otherNodes ?? {}),
    ...judgeLogins(facts.logins),
    ...judgeRunners(facts.nodes, wish.runners),
    ...judgeCronJob(wish.cronJob, facts.cronJob),
    judgeRunState(facts.runState),
    ...judgeLeftAtZero(facts.leftAtZero, wish.annotationPrefix),
    ...judgeKured(wish.kuredDaemonSet, facts.kured),
    judgeHook(wish.restoreHook, facts.hookScript),
    ...judgeSeries(facts.series),
    judgePushgateway(facts.pushgateway),
    ...judgeCaBundle(wish.certificateAuthorities, facts.caBundle),
  ];
  return { lines, health: lines.some(isIll) ? 'ill' : 'well', doctorMessage: messageOf(lines) };
}

/** What is not well must not count as a run that succeeded. */
export const objection = ({ health, lines }: Checkup): string | undefined =>
  health === 'ill' ? objectionOf(lines) : undefined;

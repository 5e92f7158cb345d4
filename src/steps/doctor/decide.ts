import type { DoctorInput } from './contract.ts';
import { isFailed, type Line } from './checkup-line.ts';
import {
  judgeArgo,
  judgeCronJob,
  judgeLogins,
  judgePermissions,
  judgePushgateway,
  judgeRunners,
  judgeSecret,
  judgeSeries,
} from './judge.ts';
import { judgeCaBundle } from './judge-ca-bundle.ts';
import { judgeHook } from './judge-hook.ts';
import { judgeOtherNodes } from './judge-nodes.ts';
import { judgeKured } from './judge-kured.ts';
import { judgeLeftAtZero, judgeRunState } from './judge-run-state.ts';
import { judgeServerLogins } from './judge-server-logins.ts';
import { messageOf, objectionOf } from './message.ts';
import type { DoctorFacts } from './observe.ts';

export interface Checkup {
  readonly lines: readonly Line[];
  readonly health: 'well' | 'ill';
  readonly doctorMessage: string;
}

export function decide(facts: DoctorFacts, input: DoctorInput): Checkup {
  const lines = [
    ...judgeArgo(facts, input.argoVersion),
    ...judgePermissions(facts.permitted),
    ...judgeSecret(facts.secret, input),
    ...judgeServerLogins(facts.secret, input),
    ...judgeOtherNodes(facts.otherNodes ?? {}),
    ...judgeLogins(facts.logins),
    ...judgeRunners(facts.nodes, input.runners),
    ...judgeCronJob(input.cronJob, facts.cronJob),
    judgeRunState(facts.runState),
    ...judgeLeftAtZero(facts.leftAtZero, input.annotationPrefix),
    ...judgeKured(input.kuredDaemonSet, facts.kured),
    judgeHook(input.restoreHook, facts.hookScript),
    ...judgeSeries(facts.series),
    judgePushgateway(facts.pushgateway),
    ...judgeCaBundle(input.certificateAuthorities, facts.caBundle),
  ];
  return { lines, health: lines.some(isFailed) ? 'ill' : 'well', doctorMessage: messageOf(lines) };
}

/** A failed check must not count as a run that succeeded. */
export const objection = ({ health, lines }: Checkup): string | undefined =>
  health === 'ill' ? objectionOf(lines) : undefined;

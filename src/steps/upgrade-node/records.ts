import { act, done, refuse, type Decision } from '../../upgrade/decision.ts';
import { judgeFailure, type Failure } from '../../upgrade/host/job-failure.ts';
import { folderOf } from '../../upgrade/host/node-job.ts';
import { attemptsOf, type JobRecord } from '../../upgrade/host/job-status.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import type { UpgradeNodeInput } from './contract.ts';
import type { IdleNode, ReadyNode, JobOutput, UpgradeAction } from './facts.ts';

/** kubeadm's wait for a static pod may time out on a slow disk. Three failures have another cause. */
export const MAX_ATTEMPTS = 3;
/** How much of a failed command's output the message carries; the whole of it is in the log above. */
const TAIL_LINES = 15;

/** Decides by the Node and the records of its jobs. Undefined when nothing in them prevents an attempt. */
export function decideFromRecords(
  facts: IdleNode | ReadyNode,
  input: UpgradeNodeInput,
): Decision<UpgradeAction> | undefined {
  const { node, jobs, endedJobs } = facts;
  const { target, runUid } = input;
  if (atVersion(node, target)) return done(`${node.name} runs ${kubeTag(target)} already.`);
  const newest = attemptsOf(jobs, target).at(-1);
  // The Node says so a moment later. An earlier run's success may have been undone since.
  if (newest?.state.kind === 'done' && (endedJobs.has(newest.unit) || newest.run === runUid))
    return done(`${newest.unit} ended well on ${node.name}.`);
  if (node.upgradeRecord === undefined || node.upgradeRecord.run !== runUid || !node.unschedulable) {
    return refuse(
      `${node.name} was not drained by this run: ${cordonState(node)}, ${upgradeRecordState(node)}. Nothing was changed on it. Start a new run.`,
    );
  }
  return newest === undefined || !endedJobs.has(newest.unit) ? undefined : afterFailure(newest, facts, input);
}

function afterFailure(
  job: JobRecord,
  facts: IdleNode | ReadyNode,
  { target, node }: UpgradeNodeInput,
): Decision<UpgradeAction> | undefined {
  const attempts = attemptsOf(facts.jobs, target).filter(({ unit }) => facts.endedJobs.has(unit)).length;
  const failure = failureOf(job, facts.endedJobs);
  const message = messageOf(job, facts.endedJobs, node);
  const exhausted = refuse(`${attempts} attempts failed. ${message}`);
  if (failure === undefined) return attempts < MAX_ATTEMPTS ? undefined : exhausted;
  if (typeof failure === 'object') return attempts < MAX_ATTEMPTS ? undefined : exhausted;
  switch (failure) {
    case 'may-pass':
      return act({ kind: 'try-again', message }, message);
    case 'unverified':
      return refuse(`What was downloaded does not verify. ${message}`);
    case 'final':
      return refuse(message);
  }
}

/** Undefined for an interrupted attempt: its machine rebooted, or it was killed. */
export function failureOf({ unit, state }: JobRecord, endedJobs: ReadonlyMap<string, JobOutput>): Failure | undefined {
  return state.kind === 'failed'
    ? judgeFailure(state.command, state.exitCode, endedJobs.get(unit)?.lines ?? [])
    : undefined;
}

function messageOf({ unit, state }: JobRecord, endedJobs: ReadonlyMap<string, JobOutput>, node: string): string {
  const { lines, begun } = endedJobs.get(unit) ?? { lines: [], begun: [] };
  const before = begun.slice(0, -1).join(', ') || 'nothing';
  const what =
    state.kind === 'failed'
      ? `"${state.command}" ended with exit code ${state.exitCode}`
      : `${begun.at(-1) === undefined ? 'The work' : `"${begun.at(-1) ?? ''}"`} was interrupted`;
  return `${what} on ${node} (${unit}), which is drained and stays cordoned. Commands that finished before it: ${before}. Its log there: ${folderOf(unit)}/log. Last output:\n${lines.slice(-TAIL_LINES).join('\n')}`;
}

const cordonState = (node: ClusterNode): string => (node.unschedulable ? 'it is cordoned' : 'it is schedulable');
const upgradeRecordState = (node: ClusterNode): string =>
  node.upgradeRecord === undefined
    ? 'it has no upgrade record'
    : `its upgrade record is of run ${node.upgradeRecord.run}`;

import { act, done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import { diskProblems } from '../../upgrade/node/disk-headroom.ts';
import type { Quorum } from '../../upgrade/etcd/health.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import type { UpgradeRecord } from '../../upgrade/node/upgrade-record.ts';
import { nodeCommands, type NodeUpgrade } from '../../upgrade/host/node-commands.ts';
import { unitOf, type JobStart } from '../../upgrade/host/node-job.ts';
import { attemptsOf, type JobRecord } from '../../upgrade/host/job-status.ts';
import type { NodeRole } from '../../upgrade/node/order.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { UpgradeNodeInput } from './contract.ts';
import type { ApiFacts, Facts, ReadyNode, UpgradeAction } from './facts.ts';
import { failureOf, decideFromRecords } from './records.ts';

/** Neither sshd nor the API server may answer for minutes. A job on the node needs neither. */
export const UNREACHABLE_TIMEOUT_SECONDS = 900;
export const ETCD_PATIENCE_SECONDS = 300;
const UNREACHABLE_POLL_SECONDS = 5;
const RUNNING_POLL_SECONDS = 2;
const ETCD_POLL_SECONDS = 10;

/** Starts no attempt while a job runs on the node, or while it is not known whether one runs. */
export function decideWork(facts: Facts, input: UpgradeNodeInput): Decision<UpgradeAction> {
  switch (facts.kind) {
    case 'unreachable':
      return whileUnreachable(facts, input);
    case 'running':
      return wait(RUNNING_POLL_SECONDS, `${facts.unit} runs on ${input.node}.`);
    case 'idle':
      return decideFromRecords(facts, input) ?? wait(RUNNING_POLL_SECONDS, `${input.node}: checking again.`);
    case 'ready':
      return decideFromRecords(facts, input) ?? begin(facts, input);
  }
}

function whileUnreachable(
  { because, seconds }: { because: string; seconds: number },
  { node }: UpgradeNodeInput,
): Decision<UpgradeAction> {
  if (seconds < UNREACHABLE_TIMEOUT_SECONDS) return wait(UNREACHABLE_POLL_SECONDS, `Cannot reach ${node}: ${because}`);
  const message = `${node} could not be reached for ${seconds} s: ${because}. A job that runs there continues.`;
  return act({ kind: 'try-again', message }, message);
}

function begin(facts: ReadyNode, input: UpgradeNodeInput): Decision<UpgradeAction> {
  const { node, jobs, disk, quorum, authenticationConfig } = facts;
  const minimum = { rootMiB: input.minimumFreeRootMiB, varLibMiB: input.minimumFreeVarLibMiB };
  const problems = diskProblems(node.name, disk, minimum);
  if (problems.length > 0) return refuse(`${problems.join(' ')} ${nothingBegun(node)}`);
  if (quorum?.is.kind === 'unhealthy') {
    const seen = `etcd is not healthy: ${quorum.is.because}.`;
    return quorum.unhealthySeconds < ETCD_PATIENCE_SECONDS
      ? wait(ETCD_POLL_SECONDS, `${node.name} waits: ${seen}`)
      : refuse(`After ${quorum.unhealthySeconds} s ${seen} ${nothingBegun(node)}`);
  }
  const newest = attemptsOf(jobs, input.target).at(-1);
  const unit = unitOf(input.target, (newest?.attempt ?? 0) + 1);
  const commands = nodeCommands({ ...input, ...retryFlags(newest, facts), containerd: containerdOf(facts, input) });
  const job: JobStart = { unit, run: input.runUid, commands, authenticationConfig };
  // fromRecords has seen that there is one.
  const upgradeRecord: UpgradeRecord | undefined = node.upgradeRecord && { ...node.upgradeRecord, phase: 'upgrading' };
  if (upgradeRecord === undefined) return refuse(nothingBegun(node));
  return act(
    { kind: 'start', node, upgradeRecord, job },
    `${node.name}: to ${kubeTag(input.target)} by ${unit}${previousAttempt(newest)}.`,
  );
}

const nothingBegun = ({ name }: ClusterNode): string =>
  `No new attempt was started on ${name}, which is drained. Fix the cause, then resume the run.`;

/** kubeadm waits for an etcd pod that need not change. Only then the retry skips the upgrade of etcd. */
function retryFlags(
  newest: JobRecord | undefined,
  { endedJobs, etcdAtTarget }: ReadyNode,
): Pick<NodeUpgrade, 'leaveEtcd'> {
  const failure = newest && failureOf(newest, endedJobs);
  return typeof failure === 'object' && failure.stuckPod === 'etcd' && etcdAtTarget ? { leaveEtcd: true } : {};
}

const containerdOf = ({ containerd }: ReadyNode, input: UpgradeNodeInput): NodeUpgrade['containerd'] =>
  containerd === undefined ? undefined : { package: input.containerdPackage, version: containerd };

function previousAttempt(newest: JobRecord | undefined): string {
  if (newest === undefined) return '';
  const { state } = newest;
  const ended = state.kind === 'failed' ? `failed at "${state.command}"` : `was interrupted or has been undone since`;
  return `, since ${newest.unit} ${ended}`;
}

/**
 * Argo's executor gives up when the API server is away for about 16 s. A restarting server answers for a moment and is away
 * again, so the result of a step that ends too early is lost. 30 s of answers is measured to be safe.
 */
export const STEADY_SECONDS = 30;
const POLL_SECONDS = 2;

export function decideApi(role: NodeRole, facts: ApiFacts, patienceSeconds: number, elapsedSeconds: number): Decision {
  if (role === 'worker') return done('A worker runs no API server.');
  if (facts.steadySeconds >= STEADY_SECONDS) return done(`The API server has answered for ${STEADY_SECONDS} s.`);
  if (facts.ready) return wait(POLL_SECONDS, 'The API server answers; making sure that it stays.');
  if (elapsedSeconds < patienceSeconds) return wait(POLL_SECONDS, `The API server does not answer: ${facts.because}`);
  return refuse(`The API server still does not answer ${elapsedSeconds} s after kubeadm: ${facts.because}`);
}

export function decideQuorum(quorum: Quorum | undefined, node: string, elapsedSeconds: number): Decision {
  if (quorum === undefined) return done('A worker has no etcd.');
  switch (quorum.kind) {
    case 'healthy':
      return done('Every etcd member is healthy.');
    case 'elsewhere':
      return done('No control-plane node runs etcd: etcd is external and is not checked.');
    case 'unhealthy':
      return elapsedSeconds < ETCD_PATIENCE_SECONDS
        ? wait(ETCD_POLL_SECONDS, `Waiting for etcd: ${quorum.because}`)
        : refuse(`etcd is not healthy ${elapsedSeconds} s after the upgrade of ${node}: ${quorum.because}.`);
  }
}

/** A hook that changes the static pod takes the API server away once more. */
export const FLAG_PATIENCE_SECONDS = 180;

/** Returns whether the flag is back; undefined when it is not known. */
export function decideFlag(
  before: string | undefined,
  now: Reading<string | undefined>,
  elapsedSeconds: number,
): Decision<never, boolean | undefined> {
  const end = (value: boolean | undefined, because: string): Decision<never, boolean | undefined> => {
    return { kind: 'done', value, because };
  };
  if (before === undefined) return end(undefined, 'The API server had no --authentication-config that could be lost.');
  if (now.known && now.value === before) return end(true, 'The API server has its --authentication-config.');
  if (elapsedSeconds < FLAG_PATIENCE_SECONDS)
    return { kind: 'wait', seconds: 5, because: 'Waiting for --authentication-config of the API server.' };
  return end(now.known ? false : undefined, 'The API server is not seen to have its --authentication-config.');
}

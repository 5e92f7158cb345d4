import { sshHost } from '../../upgrade/node/ssh-host.ts';
import { containerdWanted } from '../../upgrade/host/containerd-package.ts';
import { DISK_SCRIPT, parseFreeDisk } from '../../upgrade/node/disk-headroom.ts';
import {
  ETCD_HEALTH_SCRIPT,
  ETCD_HEALTH_TIMEOUT_SECONDS,
  judgeQuorum,
  parseEtcdHealth,
  type Member,
  type Quorum,
} from '../../upgrade/etcd/health.ts';
import { ETCD_IMAGE_TIMEOUT_SECONDS, etcdImageScript, isEtcdAtTarget } from '../../upgrade/etcd/image.ts';
import { followCommand } from '../../upgrade/host/node-job.ts';
import {
  attemptsOf,
  FOLLOW_TIMEOUT_SECONDS,
  followScript,
  JOB_STATUS_SCRIPT,
  parseJobStatus,
  parseLogUpdate,
  type HostState,
} from '../../upgrade/host/job-status.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { notKnown, type Reading } from '../../upgrade/reading.ts';
import { WATCHED_FLAG } from '../../upgrade/host/restore-hook.ts';
import { refused, StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads, ReadinessReads } from '../ports/cluster.ts';
import type { Compatibility, StartedPod } from '../ports/compatibility.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { UpgradeNodeInput } from './contract.ts';
import type { ApiFacts, IdleNode, Facts, ReadyNode } from './facts.ts';
import { JobLog } from './job-log.ts';
import { decideFromRecords } from './records.ts';

export interface ObserverClients {
  readonly cluster: NodeReads;
  readonly compatibility: Pick<Compatibility, 'startedPods'>;
  readonly remote: Remote;
  readonly clock: Clock;
}

const LOOK_TIMEOUT_SECONDS = 60;

/** Observes one node during the step: the job that runs on it, and what this step has read of its log. */
export class NodeObserver {
  readonly #clients: ObserverClients;
  readonly #input: UpgradeNodeInput;
  readonly #log: Log;
  /** How often this step has tried to start an attempt. */
  starts = 0;
  readonly #endedJobs = new Map<string, JobLog>();
  #following: { readonly unit: string; readonly log: JobLog } | undefined;
  #host: RemoteHost | undefined;
  #jobs: HostState['jobs'] = [];
  #unreachableSinceMs: number | undefined;
  #unhealthySinceMs: number | undefined;

  constructor(clients: ObserverClients, input: UpgradeNodeInput, log: Log) {
    this.#clients = clients;
    this.#input = input;
    this.#log = log;
  }

  async observe(): Promise<Facts> {
    try {
      const facts = await this.#look();
      this.#unreachableSinceMs = undefined;
      return facts;
    } catch (error) {
      if (!isTransientError(error)) throw error;
      this.#unreachableSinceMs ??= this.#clients.clock.now();
      return { kind: 'unreachable', because: error.message, seconds: this.#secondsSince(this.#unreachableSinceMs) };
    }
  }

  /** From the beginning of its log. */
  watch(unit: string): void {
    this.#following = { unit, log: new JobLog() };
  }

  unwatch(): void {
    this.#following = undefined;
  }

  /** The job that continues on the node when this step stops now, in a sentence. */
  activeJob(): string {
    if (this.#following === undefined) return '';
    const { unit } = this.#following;
    const { node } = this.#input;
    return `${unit} continues on ${node}, and the next attempt of this step attaches to it. To follow it there: ${followCommand(unit)}.`;
  }

  async host(): Promise<RemoteHost> {
    return (this.#host ??= hostOf(await observeNode(this.#clients.cluster, this.#input.node)));
  }

  /** What the jobs themselves warned of. */
  warnings(): readonly string[] {
    return [...new Set([...this.#endedJobs.values()].flatMap(({ warnings }) => warnings))];
  }

  /** Whether the newest attempt has done all of its commands, the last hold included. */
  newestJobSucceeded(): boolean {
    return attemptsOf(this.#jobs, this.#input.target).at(-1)?.state.kind === 'done';
  }

  /** The API server's flag before the first attempt, from the records of the node. */
  authenticationConfigBefore(): string | undefined {
    const flags = attemptsOf(this.#jobs, this.#input.target).map((job) => job.authenticationConfig);
    return flags.find((flag) => flag !== undefined);
  }

  async authenticationConfig(): Promise<Reading<string | undefined>> {
    if (this.#input.role === 'worker') return notKnown('a worker has no API server');
    return flagOf(this.#input.node, await this.#clients.compatibility.startedPods());
  }

  async quorum(): Promise<Quorum | undefined> {
    if (this.#input.role === 'worker') return undefined;
    const nodes = (await this.#clients.cluster.nodes()).filter(({ controlPlane }) => controlPlane);
    return judgeQuorum(await Promise.all(nodes.map((node) => this.#member(node))));
  }

  async #look(): Promise<Facts> {
    const unit = await this.#followedUnit();
    if (unit !== undefined) return { kind: 'running', unit };
    const seen = await this.#stateOf(await this.host());
    const [active] = seen.active;
    if (active !== undefined) {
      this.#log(`Found ${active} running on ${this.#input.node}. Its log from the beginning:`);
      this.watch(active);
      return { kind: 'running', unit: active };
    }
    return this.#idleNode(seen);
  }

  /** The unit that is followed, while it runs or its log has more lines. */
  async #followedUnit(): Promise<string | undefined> {
    if (this.#following === undefined || this.#host === undefined) return undefined;
    const { unit, log } = this.#following;
    const script = followScript(unit, log.offset);
    const printed = await runScript(this.#clients.remote, this.#host, script, FOLLOW_TIMEOUT_SECONDS);
    const news = parseLogUpdate(printed);
    if (!news.known) throw tryAgain(`${unit} on ${this.#host.node} cannot be followed: ${news.reason}`);
    this.#print(log.add(news.value.bytes));
    if (news.value.active || news.value.bytes.length > 0) return unit;
    this.#print(log.end());
    this.#endedJobs.set(unit, log);
    this.#following = undefined;
    return undefined;
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.#log(`  ${line}`);
  }

  async #stateOf(host: RemoteHost): Promise<HostState> {
    const seen = parseJobStatus(await runScript(this.#clients.remote, host, JOB_STATUS_SCRIPT, LOOK_TIMEOUT_SECONDS));
    if (!seen.known) throw tryAgain(`cannot tell which jobs run on ${host.node}: ${seen.reason}`);
    this.#jobs = seen.value.jobs;
    return seen.value;
  }

  async #idleNode({ jobs }: HostState): Promise<IdleNode | ReadyNode> {
    const node = await observeNode(this.#clients.cluster, this.#input.node);
    this.#host = hostOf(node);
    const facts: IdleNode = { kind: 'idle', node, jobs, endedJobs: this.#endedJobs };
    // Without an attempt to begin there is nothing more to ask.
    return decideFromRecords(facts, this.#input) === undefined ? this.#readyNode(facts, this.#host) : facts;
  }

  async #readyNode(facts: IdleNode, host: RemoteHost): Promise<ReadyNode> {
    const { remote, compatibility } = this.#clients;
    const disk = parseFreeDisk(await runScript(remote, host, DISK_SCRIPT, LOOK_TIMEOUT_SECONDS), host.node);
    const none = { quorum: undefined, containerd: undefined, authenticationConfig: undefined, etcdAtTarget: false };
    if (this.#input.role === 'worker') return { ...facts, ...none, kind: 'ready', disk };
    const pods = await compatibility.startedPods();
    const flag = flagOf(host.node, pods);
    const etcd = pods.known
      ? pods.value.find(({ node, component }) => node === host.node && component === 'etcd')
      : undefined;
    return {
      ...facts,
      kind: 'ready',
      disk,
      quorum: await this.#quorumFor(),
      containerd: containerdWanted(facts.node, this.#input.containerdVersion),
      authenticationConfig: flag.known ? flag.value : undefined,
      etcdAtTarget: isEtcdAtTarget(await this.#etcdImages(host), etcd?.image),
    };
  }

  async #quorumFor(): Promise<ReadyNode['quorum']> {
    const is = await this.quorum();
    if (is === undefined) return undefined;
    if (is.kind !== 'unhealthy') this.#unhealthySinceMs = undefined;
    else this.#unhealthySinceMs ??= this.#clients.clock.now();
    return {
      is,
      unhealthySeconds: this.#unhealthySinceMs === undefined ? 0 : this.#secondsSince(this.#unhealthySinceMs),
    };
  }

  /** A member that cannot be asked is not known to be well. */
  async #member(node: ClusterNode): Promise<Member> {
    try {
      const printed = await runScript(
        this.#clients.remote,
        hostOf(node),
        ETCD_HEALTH_SCRIPT,
        ETCD_HEALTH_TIMEOUT_SECONDS,
      );
      return { node: node.name, etcd: parseEtcdHealth(printed, node.name) };
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return { node: node.name, etcd: notKnown(`etcd on ${node.name} was not asked: ${error.message}`) };
    }
  }

  /** Only worth knowing after a failure; before the first attempt, the old kubeadm may not even know the target. */
  async #etcdImages(host: RemoteHost): Promise<string> {
    if (this.#endedJobs.size === 0) return '';
    const { remote } = this.#clients;
    return (
      await remote.run(host, {
        script: etcdImageScript(this.#input.target),
        timeoutSeconds: ETCD_IMAGE_TIMEOUT_SECONDS,
      })
    ).stdout;
  }

  #secondsSince(ms: number): number {
    return Math.floor((this.#clients.clock.now() - ms) / 1000);
  }
}

/** Errors that may pass by themselves. A refused host key does not. */
const isTransientError = (error: unknown): error is StepError =>
  error instanceof StepError && error.exitCode === tryAgain('').exitCode;

async function runScript(remote: Remote, host: RemoteHost, script: string, timeoutSeconds: number): Promise<string> {
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds });
  if (exitCode === 0) return stdout;
  throw tryAgain(`a script failed on ${host.node}: ${stderr.trim() || `exit code ${exitCode}`}`);
}

/** Known and undefined: the API server runs without it. */
function flagOf(name: string, pods: Reading<readonly StartedPod[]>): Reading<string | undefined> {
  if (!pods.known) return pods;
  const pod = pods.value.find(({ node, component }) => node === name && component === 'kube-apiserver');
  if (pod === undefined) return notKnown(`no API server of ${name} is to be seen`);
  if (!pod.flags.known) return pod.flags;
  return { known: true, value: pod.flags.value.flags.find((flag) => flag.name === WATCHED_FLAG)?.value };
}

export async function observeNode(cluster: NodeReads, name: string): Promise<ClusterNode> {
  const node = await cluster.node(name);
  if (node === undefined) throw refused(nodeIsGone(name));
  return node;
}

export function hostOf(node: ClusterNode): RemoteHost {
  const host = sshHost(node);
  if (!host.known) throw refused(`Node ${node.name} ${host.reason}.`);
  return host.value;
}

/** Polls the API server, and remembers since when each answer was good. */
export class ApiWatch {
  readonly #cluster: ReadinessReads;
  readonly #clock: Clock;
  #steadySinceMs: number | undefined;

  constructor(cluster: ReadinessReads, clock: Clock) {
    this.#cluster = cluster;
    this.#clock = clock;
  }

  async observe(): Promise<ApiFacts> {
    const answer = await this.#cluster.apiReady();
    const now = this.#clock.now();
    if (!answer.ready) {
      this.#steadySinceMs = undefined;
      return { ready: false, because: answer.because, steadySeconds: 0 };
    }
    this.#steadySinceMs ??= now;
    return { ready: true, because: '', steadySeconds: Math.floor((now - this.#steadySinceMs) / 1000) };
  }
}

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
  LOOK_SCRIPT,
  parseLook,
  parseLogUpdate,
  type HostState,
} from '../../upgrade/host/node-sight.ts';
import { nodeIsGone, type ClusterNode } from '../../upgrade/node/node.ts';
import { notKnown, type Reading } from '../../upgrade/reading.ts';
import { WATCHED_FLAG } from '../../upgrade/host/restore-hook.ts';
import { refused, StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads, ReadinessReads } from '../ports/cluster.ts';
import type { Compatibility } from '../ports/compatibility.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { ApiFacts, AtRest, Facts, MayBegin, Wish } from './facts.ts';
import { JobLog } from './job-log.ts';
import { fromRecords } from './records.ts';

export interface Sight {
  readonly cluster: NodeReads;
  readonly compatibility: Pick<Compatibility, 'startedPods'>;
  readonly remote: Remote;
  readonly clock: Clock;
}

const LOOK_TIMEOUT_SECONDS = 60;

/** One node during the step: what is at work on it, and what this step has seen of that so far. */
export class Site {
  readonly #sight: Sight;
  readonly #wish: Wish;
  readonly #log: Log;
  /** How often this step has tried to start an attempt. */
  starts = 0;
  readonly #seenEnd = new Map<string, JobLog>();
  #following: { readonly unit: string; readonly log: JobLog } | undefined;
  #host: RemoteHost | undefined;
  #jobs: HostState['jobs'] = [];
  #blindSinceMs: number | undefined;
  #unwellSinceMs: number | undefined;

  constructor(sight: Sight, wish: Wish, log: Log) {
    this.#sight = sight;
    this.#wish = wish;
    this.#log = log;
  }

  async observe(): Promise<Facts> {
    try {
      const facts = await this.#look();
      this.#blindSinceMs = undefined;
      return facts;
    } catch (error) {
      if (!mayPass(error)) throw error;
      this.#blindSinceMs ??= this.#sight.clock.now();
      return { kind: 'blind', because: error.message, seconds: this.#secondsSince(this.#blindSinceMs) };
    }
  }

  /** From the beginning of its log. */
  watch(unit: string): void {
    this.#following = { unit, log: new JobLog() };
  }

  unwatch(): void {
    this.#following = undefined;
  }

  /** What goes on there when this step ends now. */
  goingOn(): string {
    if (this.#following === undefined) return '';
    const { unit } = this.#following;
    const { node } = this.#wish;
    return `${unit} goes on on ${node}, and whoever comes next finds it. To follow it there: ${followCommand(unit)}.`;
  }

  async host(): Promise<RemoteHost> {
    return (this.#host ??= hostOf(await observeNode(this.#sight.cluster, this.#wish.node)));
  }

  /** What the jobs themselves warned of. */
  warnings(): readonly string[] {
    return [...new Set([...this.#seenEnd.values()].flatMap(({ warnings }) => warnings))];
  }

  /** Whether the newest attempt has done all of its commands, the last hold included. */
  endedWell(): boolean {
    return attemptsOf(this.#jobs, this.#wish.target).at(-1)?.state.kind === 'done';
  }

  /** The API server's flag before the first attempt, from the records of the node. */
  authenticationConfigBefore(): string | undefined {
    const flags = attemptsOf(this.#jobs, this.#wish.target).map((job) => job.authenticationConfig);
    return flags.find((flag) => flag !== undefined);
  }

  async authenticationConfig(): Promise<Reading<string | undefined>> {
    if (this.#wish.role === 'worker') return notKnown('a worker has no API server');
    return flagOf(this.#wish.node, await this.#sight.compatibility.startedPods());
  }

  async quorum(): Promise<Quorum | undefined> {
    if (this.#wish.role === 'worker') return undefined;
    const nodes = (await this.#sight.cluster.nodes()).filter(({ controlPlane }) => controlPlane);
    return judgeQuorum(await Promise.all(nodes.map((node) => this.#member(node))));
  }

  async #look(): Promise<Facts> {
    const unit = await this.#news();
    if (unit !== undefined) return { kind: 'at-work', unit };
    const seen = await this.#seenOn(await this.host());
    const [active] = seen.active;
    if (active !== undefined) {
      this.#log(`Found ${active} at work on ${this.#wish.node}; its log, from the beginning:`);
      this.watch(active);
      return { kind: 'at-work', unit: active };
    }
    return this.#atRest(seen);
  }

  /** The unit that is followed, as long as it is at work or has something to say. */
  async #news(): Promise<string | undefined> {
    if (this.#following === undefined || this.#host === undefined) return undefined;
    const { unit, log } = this.#following;
    const script = followScript(unit, log.offset);
    const printed = await ask(this.#sight.remote, this.#host, script, FOLLOW_TIMEOUT_SECONDS);
    const news = parseLogUpdate(printed);
    if (!news.known) throw tryAgain(`${unit} on ${this.#host.node} cannot be followed: ${news.reason}`);
    this.#print(log.add(news.value.bytes));
    if (news.value.active || news.value.bytes.length > 0) return unit;
    this.#print(log.end());
    this.#seenEnd.set(unit, log);
    this.#following = undefined;
    return undefined;
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.#log(`  ${line}`);
  }

  async #seenOn(host: RemoteHost): Promise<HostState> {
    const seen = parseLook(await ask(this.#sight.remote, host, LOOK_SCRIPT, LOOK_TIMEOUT_SECONDS));
    if (!seen.known) throw tryAgain(`what is at work on ${host.node} cannot be told: ${seen.reason}`);
    this.#jobs = seen.value.jobs;
    return seen.value;
  }

  async #atRest({ jobs }: HostState): Promise<AtRest | MayBegin> {
    const node = await observeNode(this.#sight.cluster, this.#wish.node);
    this.#host = hostOf(node);
    const facts: AtRest = { kind: 'at-rest', node, jobs, seenEnd: this.#seenEnd };
    // Without an attempt to begin there is nothing more to ask.
    return fromRecords(facts, this.#wish) === undefined ? this.#mayBegin(facts, this.#host) : facts;
  }

  async #mayBegin(facts: AtRest, host: RemoteHost): Promise<MayBegin> {
    const { remote, compatibility } = this.#sight;
    const disk = parseFreeDisk(await ask(remote, host, DISK_SCRIPT, LOOK_TIMEOUT_SECONDS), host.node);
    const none = { quorum: undefined, containerd: undefined, authenticationConfig: undefined, etcdIsThere: false };
    if (this.#wish.role === 'worker') return { ...facts, ...none, kind: 'may-begin', disk };
    const pods = await compatibility.startedPods();
    const flag = flagOf(host.node, pods);
    const etcd = pods.known
      ? pods.value.find(({ node, component }) => node === host.node && component === 'etcd')
      : undefined;
    return {
      ...facts,
      kind: 'may-begin',
      disk,
      quorum: await this.#quorumFor(),
      containerd: containerdWanted(facts.node, this.#wish.containerdVersion),
      authenticationConfig: flag.known ? flag.value : undefined,
      etcdIsThere: isEtcdAtTarget(await this.#etcdImages(host), etcd?.image),
    };
  }

  async #quorumFor(): Promise<MayBegin['quorum']> {
    const is = await this.quorum();
    if (is === undefined) return undefined;
    if (is.kind !== 'unhealthy') this.#unwellSinceMs = undefined;
    else this.#unwellSinceMs ??= this.#sight.clock.now();
    return { is, unwellSeconds: this.#unwellSinceMs === undefined ? 0 : this.#secondsSince(this.#unwellSinceMs) };
  }

  /** A member that cannot be asked is not known to be well. */
  async #member(node: ClusterNode): Promise<Member> {
    try {
      const printed = await ask(this.#sight.remote, hostOf(node), ETCD_HEALTH_SCRIPT, ETCD_HEALTH_TIMEOUT_SECONDS);
      return { node: node.name, etcd: parseEtcdHealth(printed, node.name) };
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return { node: node.name, etcd: notKnown(`etcd on ${node.name} was not asked: ${error.message}`) };
    }
  }

  /** Only worth knowing after a failure; before the first attempt, the old kubeadm may not even know the target. */
  async #etcdImages(host: RemoteHost): Promise<string> {
    if (this.#seenEnd.size === 0) return '';
    const { remote } = this.#sight;
    return (
      await remote.run(host, { script: etcdImageScript(this.#wish.target), timeoutSeconds: ETCD_IMAGE_TIMEOUT_SECONDS })
    ).stdout;
  }

  #secondsSince(ms: number): number {
    return Math.floor((this.#sight.clock.now() - ms) / 1000);
  }
}

/** Everything that may be better a moment later; a refused host key never is. */
const mayPass = (error: unknown): error is StepError =>
  error instanceof StepError && error.exitCode === tryAgain('').exitCode;

async function ask(remote: Remote, host: RemoteHost, script: string, timeoutSeconds: number): Promise<string> {
  const { exitCode, stdout, stderr } = await remote.run(host, { script, timeoutSeconds });
  if (exitCode === 0) return stdout;
  throw tryAgain(`${host.node} does not say how it is: ${stderr.trim() || `exit code ${exitCode}`}`);
}

/** Known and undefined: the API server runs without it. */
function flagOf(name: string, pods: Awaited<ReturnType<Compatibility['startedPods']>>): Reading<string | undefined> {
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

/** Asks the API server again and again, and remembers since when it has answered without a break. */
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

import { WARNING } from '../../upgrade/host/containerd-package.ts';
import type { NodeRole } from '../../upgrade/node/order.ts';
import { finishScript, HOLD_COMMAND, installedPackages } from '../../upgrade/host/node-packages.ts';
import { followCommand, NOT_ALONE_EXIT_CODE, startCommand, type JobStart } from '../../upgrade/host/node-job.ts';
import {
  hookObjection,
  hookRemedy,
  RESTORE_TIMEOUT_SECONDS,
  restoreScript,
  restoreWarnings,
  type Restored,
} from '../../upgrade/host/restore-hook.ts';
import { changeNodeNow } from '../guards/change-node.ts';
import { nothing, reconcile, type Loop } from '../runtime/reconcile.ts';
import { refused, StepError, tryAgain } from '../runtime/step-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads, NodeWrites, ReadinessReads } from '../ports/cluster.ts';
import type { Log } from '../ports/log.ts';
import type { Remote, RemoteHost } from '../ports/remote.ts';
import type { RestoreHook } from '../ports/restore-hook.ts';
import { decideApi, decideFlag, decideQuorum, decideWork } from './decide.ts';
import type { UpgradeNodeInput } from './contract.ts';
import type { ApiFacts, UpgradeAction } from './facts.ts';
import { ApiWatch, hostOf, type NodeObserver } from './observe.ts';

/** Clients of the step. Each change checks the fence first. */
export interface UpgradeClients {
  readonly cluster: NodeReads & ReadinessReads;
  readonly fenced: NodeWrites;
  readonly fencedRemote: Remote;
  /** Asked before a new job starts. A job that runs is never stopped. */
  readonly mayBegin: () => Promise<void>;
  /** Scales the Deployments of controlPlane.quiesce to 0. */
  readonly quiesce: () => Promise<void>;
  readonly restoreHook: RestoreHook;
  readonly log: Log;
}

/** Upgrades one drained node, in order. Returns warnings for the operator of a successful upgrade. */
export async function upgrade(
  observer: NodeObserver,
  clients: UpgradeClients & { readonly clock: Clock },
  input: UpgradeNodeInput & { readonly apiPatienceSeconds: number },
): Promise<readonly string[]> {
  const loopUntilDone = <F, A, R>(loop: Loop<F, A, R>): Promise<R> => reconcile(loop, clients.clock, clients.log);
  const waitForApi = async (role: NodeRole): Promise<void> => {
    const api = new ApiWatch(clients.cluster, clients.clock);
    const decide = (facts: ApiFacts, elapsed: number) => decideApi(role, facts, input.apiPatienceSeconds, elapsed);
    await loopUntilDone({ observe: () => api.observe(), decide, act: nothing });
  };
  await loopUntilDone({
    observe: () => observer.observe(),
    decide: (facts) => decideWork(facts, input),
    act: (action: UpgradeAction) => carryOut(action, observer, clients, input),
  });
  if (!observer.newestJobSucceeded()) await finishPackages(observer, clients, input);
  await waitForApi(input.role);
  await loopUntilDone({
    observe: () => observer.quorum(),
    decide: (quorum, elapsed) => decideQuorum(quorum, input.node, elapsed),
    act: nothing,
  });
  const hook = await runHook(clients, observer, input);
  const before = observer.authenticationConfigBefore();
  const back = await loopUntilDone({
    observe: () => observer.authenticationConfig(),
    decide: (now, elapsed) => decideFlag(before, now, elapsed),
    act: nothing,
  });
  // The hook may have restarted the API server.
  await waitForApi(hook === 'none' ? 'worker' : input.role);
  const { node, address } = await observer.host();
  const warnings = [
    ...observer.warnings(),
    ...restoreWarnings({ node, address, setting: input.restoreHook, before, back, hook }),
  ];
  for (const warning of warnings) clients.log(`${WARNING}${warning}`);
  return warnings;
}

/** A power failure may leave the kubelet at the target while its package is not configured or not held. No attempt follows then. */
async function finishPackages(
  observer: NodeObserver,
  { fencedRemote, log }: UpgradeClients,
  input: UpgradeNodeInput,
): Promise<void> {
  const host = await observer.host();
  const packages = installedPackages(input.role === 'worker' ? undefined : input.containerdPackage);
  const command = { script: finishScript(packages), timeoutSeconds: input.packagesTimeoutSeconds };
  const { exitCode, stdout, stderr } = await fencedRemote.run(host, command, (line) => {
    log(`  ${line}`);
  });
  if (exitCode === 0) return;
  const said = `${stdout}\n${stderr}`.trim() || `exit code ${exitCode}`;
  throw tryAgain(
    `${host.node} is upgraded, and its packages cannot be finished and held: ${said}\nDo it there: dpkg --configure -a && ${HOLD_COMMAND}`,
  );
}

/** The termination message of a success. */
export const successMessage = (warnings: readonly string[]): string | undefined =>
  warnings.length === 0 ? undefined : warnings.join('\n');

export async function carryOut(
  action: UpgradeAction,
  observer: NodeObserver,
  clients: UpgradeClients,
  input: UpgradeNodeInput,
): Promise<void> {
  switch (action.kind) {
    case 'try-again':
      throw tryAgain(action.message);
    case 'start': {
      const { node, upgradeRecord, job } = action;
      await clients.mayBegin();
      await assertHook(clients.restoreHook, input);
      if (input.role !== 'worker') await clients.quiesce();
      await changeNodeNow(clients.cluster, clients.fenced, node.name, () => ({ upgradeRecord }));
      await start(job, hostOf(node), observer, clients);
    }
  }
}

/** The next observation shows the result: a lost answer says nothing about the job. */
async function start(
  job: JobStart,
  host: RemoteHost,
  observer: NodeObserver,
  { fencedRemote, log }: UpgradeClients,
): Promise<void> {
  if (observer.starts >= MAX_STARTS)
    throw tryAgain(`${job.unit} was started on ${host.node} ${observer.starts} times and never appeared there.`);
  observer.starts += 1;
  for (const { name, why } of job.commands) log(`  ${name}. ${why}`);
  observer.watch(job.unit);
  try {
    const { exitCode, stdout, stderr } = await fencedRemote.run(host, startCommand(job));
    if (exitCode === 0) {
      log(`${job.unit} was started on ${host.node}. To follow it there: ${followCommand(job.unit)}`);
      return;
    }
    observer.unwatch();
    if (exitCode !== NOT_ALONE_EXIT_CODE)
      throw new StartFailed(`${job.unit} could not be started on ${host.node}: ${`${stderr}\n${stdout}`.trim()}`);
    log(`${job.unit} was not started. ${stdout.trim()}`);
  } catch (error) {
    if (error instanceof StartFailed) throw tryAgain(error.message);
    if (!(error instanceof StepError) || error.exitCode !== tryAgain('').exitCode) throw error;
    log(`Not known whether ${job.unit} was started, looking: ${error.message}`);
  }
}

/** More than the possible number of attempts: what the node reports is contradictory. */
const MAX_STARTS = 10;

class StartFailed extends Error {}

/** Checks, before the API server changes, that the restore hook exists and is the one of the settings. */
async function assertHook(hook: RestoreHook, { node, role, restoreHook: setting }: UpgradeNodeInput): Promise<void> {
  if (role === 'worker' || setting === undefined) return;
  const seen = await hook.script(setting.configMap);
  const objection = hookObjection(setting, seen);
  if (objection === undefined) return;
  const message = `${objection} Nothing was changed on ${node} by this attempt; the node is drained and stays cordoned. ${hookRemedy(setting)}`;
  throw seen.known ? refused(message) : tryAgain(message);
}

/** A failed hook does not fail the step, since the node is upgraded. Only a run that lost the Lease stops. */
export async function runHook(
  clients: UpgradeClients,
  observer: NodeObserver,
  { node, role, restoreHook: setting }: UpgradeNodeInput,
): Promise<Restored['hook']> {
  if (role === 'worker' || setting === undefined) return 'none';
  const script = await clients.restoreHook.script(setting.configMap);
  if (!script.known) return failedHook({ trouble: script.reason }, clients.log);
  const objection = hookObjection(setting, script);
  if (objection !== undefined) {
    clients.log(`The restore hook was not run. ${objection}`);
    return { objection };
  }
  clients.log(`Running the restore hook on ${node}.`);
  const command = {
    script: restoreScript(setting.sha256),
    stdin: script.value.text,
    timeoutSeconds: RESTORE_TIMEOUT_SECONDS,
  };
  try {
    const { exitCode, stderr } = await clients.fencedRemote.run(await observer.host(), command, (line) => {
      clients.log(`  ${line}`);
    });
    if (exitCode === 0) return 'ran';
    const last = stderr.trim().split('\n').at(-1) || 'no message';
    return failedHook({ trouble: `exit code ${exitCode}, ${last}` }, clients.log);
  } catch (error) {
    if (!(error instanceof StepError) || error.exitCode !== tryAgain('').exitCode) throw error;
    return failedHook({ trouble: error.message }, clients.log);
  }
}

function failedHook<T extends { readonly trouble: string }>(result: T, log: Log): T {
  log(`The restore hook: ${result.trouble}`);
  return result;
}

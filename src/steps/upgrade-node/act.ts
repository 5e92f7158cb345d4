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
import type { ApiFacts, Todo, Wish } from './facts.ts';
import { ApiWatch, hostOf, type Site } from './observe.ts';

/** What the step changes things with; each change asks the fence first. */
export interface Hands {
  readonly cluster: NodeReads & ReadinessReads;
  readonly fenced: NodeWrites;
  readonly fencedRemote: Remote;
  /** Asked before a new job: work that is under way is never kept from its end. */
  readonly mayBegin: () => Promise<void>;
  /** Takes the Deployments that are to be away in the meantime down to 0. */
  readonly quiesce: () => Promise<void>;
  readonly restoreHook: RestoreHook;
  readonly log: Log;
}

/** Everything that happens to one drained node, in order; returns what the operator should know although all went well. */
export async function upgrade(
  site: Site,
  world: Hands & { readonly clock: Clock },
  wish: Wish & { readonly apiPatienceSeconds: number },
): Promise<readonly string[]> {
  const until = <F, A, R>(loop: Loop<F, A, R>): Promise<R> => reconcile(loop, world.clock, world.log);
  const steady = async (role: NodeRole): Promise<void> => {
    const api = new ApiWatch(world.cluster, world.clock);
    const decide = (facts: ApiFacts, elapsed: number) => decideApi(role, facts, wish.apiPatienceSeconds, elapsed);
    await until({ observe: () => api.observe(), decide, act: nothing });
  };
  await until({
    observe: () => site.observe(),
    decide: (facts) => decideWork(facts, wish),
    act: (todo: Todo) => carryOut(todo, site, world, wish),
  });
  if (!site.endedWell()) await finishPackages(site, world, wish);
  await steady(wish.role);
  await until({
    observe: () => site.quorum(),
    decide: (quorum, elapsed) => decideQuorum(quorum, wish.node, elapsed),
    act: nothing,
  });
  const hook = await runHook(world, site, wish);
  const before = site.authenticationConfigBefore();
  const back = await until({
    observe: () => site.authenticationConfig(),
    decide: (now, elapsed) => decideFlag(before, now, elapsed),
    act: nothing,
  });
  // The hook may have restarted the API server.
  await steady(hook === 'none' ? 'worker' : wish.role);
  const { node, address } = await site.host();
  const warnings = [
    ...site.warnings(),
    ...restoreWarnings({ node, address, setting: wish.restoreHook, before, back, hook }),
  ];
  for (const warning of warnings) world.log(`${WARNING}${warning}`);
  return warnings;
}

/** A power failure may leave a kubelet at the target whose package is neither configured nor held; no attempt follows that. */
async function finishPackages(site: Site, { fencedRemote, log }: Hands, wish: Wish): Promise<void> {
  const host = await site.host();
  const packages = installedPackages(wish.role === 'worker' ? undefined : wish.containerdPackage);
  const command = { script: finishScript(packages), timeoutSeconds: wish.packagesTimeoutSeconds };
  const { exitCode, stdout, stderr } = await fencedRemote.run(host, command, (line) => {
    log(`  ${line}`);
  });
  if (exitCode === 0) return;
  const said = `${stdout}\n${stderr}`.trim() || `exit code ${exitCode}`;
  throw tryAgain(
    `${host.node} is upgraded, and its packages cannot be finished and held: ${said}\nDo it there: dpkg --configure -a && ${HOLD_COMMAND}`,
  );
}

/** What the step says of itself when it ends well. */
export const remarkOf = (warnings: readonly string[]): string | undefined =>
  warnings.length === 0 ? undefined : warnings.join('\n');

export async function carryOut(todo: Todo, site: Site, hands: Hands, wish: Wish): Promise<void> {
  switch (todo.kind) {
    case 'try-again':
      throw tryAgain(todo.message);
    case 'start': {
      const { node, upgradeRecord, job } = todo;
      await hands.mayBegin();
      await assertHook(hands.restoreHook, wish);
      if (wish.role !== 'worker') await hands.quiesce();
      await changeNodeNow(hands.cluster, hands.fenced, node.name, () => ({ upgradeRecord }));
      await start(job, hostOf(node), site, hands);
    }
  }
}

/** What comes of it is seen by the next look: an answer that is lost on its way says nothing about the job. */
async function start(job: JobStart, host: RemoteHost, site: Site, { fencedRemote, log }: Hands): Promise<void> {
  if (site.starts >= MOST_STARTS)
    throw tryAgain(`${job.unit} was begun on ${host.node} ${site.starts} times, and is never to be seen there.`);
  site.starts += 1;
  for (const { name, why } of job.commands) log(`  ${name}. ${why}`);
  site.watch(job.unit);
  try {
    const { exitCode, stdout, stderr } = await fencedRemote.run(host, startCommand(job));
    if (exitCode === 0) {
      log(`${job.unit} was started on ${host.node}. To follow it there: ${followCommand(job.unit)}`);
      return;
    }
    site.unwatch();
    if (exitCode !== NOT_ALONE_EXIT_CODE)
      throw new StartFailed(`${job.unit} could not be started on ${host.node}: ${`${stderr}\n${stdout}`.trim()}`);
    log(`${job.unit} was not started. ${stdout.trim()}`);
  } catch (error) {
    if (error instanceof StartFailed) throw tryAgain(error.message);
    if (!(error instanceof StepError) || error.exitCode !== tryAgain('').exitCode) throw error;
    log(`Not known whether ${job.unit} was started, looking: ${error.message}`);
  }
}

/** More than there can be attempts: the node contradicts itself. */
const MOST_STARTS = 10;

class StartFailed extends Error {}

/** Before the API server changes: what would put it right afterwards must be there, and be what the settings say. */
async function assertHook(hook: RestoreHook, { node, role, restoreHook: setting }: Wish): Promise<void> {
  if (role === 'worker' || setting === undefined) return;
  const seen = await hook.script(setting.configMap);
  const objection = hookObjection(setting, seen);
  if (objection === undefined) return;
  const message = `${objection} Nothing was changed on ${node} by this attempt; the node is drained and stays cordoned. ${hookRemedy(setting)}`;
  throw seen.known ? refused(message) : tryAgain(message);
}

/** Never fatal: whatever the hook does, the node is upgraded. Only a run that may not change anything any more stops. */
export async function runHook(
  hands: Hands,
  site: Site,
  { node, role, restoreHook: setting }: Wish,
): Promise<Restored['hook']> {
  if (role === 'worker' || setting === undefined) return 'none';
  const script = await hands.restoreHook.script(setting.configMap);
  if (!script.known) return told({ trouble: script.reason }, hands.log);
  const objection = hookObjection(setting, script);
  if (objection !== undefined) {
    hands.log(`The restore hook was not run. ${objection}`);
    return { objection };
  }
  hands.log(`Running the restore hook on ${node}.`);
  const command = {
    ...{ script: restoreScript(setting.sha256), stdin: script.value.text },
    timeoutSeconds: RESTORE_TIMEOUT_SECONDS,
  };
  try {
    const { exitCode, stderr } = await hands.fencedRemote.run(await site.host(), command, (line) => {
      hands.log(`  ${line}`);
    });
    if (exitCode === 0) return 'ran';
    const last = stderr.trim().split('\n').at(-1) || 'no message';
    return told({ trouble: `exit code ${exitCode}, ${last}` }, hands.log);
  } catch (error) {
    if (!(error instanceof StepError) || error.exitCode !== tryAgain('').exitCode) throw error;
    return told({ trouble: error.message }, hands.log);
  }
}

function told<T extends { readonly trouble: string }>(result: T, log: Log): T {
  log(`The restore hook: ${result.trouble}`);
  return result;
}

import { EXIT } from '../../contract/exit-code.ts';
import type { UpgradeGauges } from '../../signals/gauges.ts';
import { gaugesKept } from '../../run/in-flight.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { Fence } from './fence.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';
import { StepError } from '../runtime/step-error.ts';

const BEAT_SECONDS = 60;

interface HeartbeatClients {
  readonly clock: Clock;
  readonly cluster: Pick<NodeReads, 'runMarks'>;
  readonly gauges: Gauges;
  /** Tells quickly whether the run still holds the Lease. */
  readonly fence: Fence;
}

type Context = Pick<RunContext, 'runName' | 'annotationPrefix'>;

/**
 * Returns a clock that pushes the gauges of the run now and about every minute while the step waits. It pushes all of them,
 * because a Pushgateway forgets them when it restarts. It reads them from the cluster once, so that the API server may be
 * away afterwards. It stops when the step receives SIGTERM, since the exit handler may have pushed, and when the Lease is gone.
 * `known`: gauges that the step knows better.
 */
export async function beatingClock(
  { clock, cluster, gauges, fence }: HeartbeatClients,
  context: Context,
  { log, signal }: Pick<Tools, 'log' | 'signal'>,
  known: Pick<UpgradeGauges, 'snapshotTaken'> = {},
): Promise<Clock> {
  const kept = await keptFor(cluster, context, log);
  if (kept === undefined) return clock;
  let lastMs = -Infinity;
  const beat = async (): Promise<void> => {
    const nowMs = clock.now();
    if (signal.aborted || nowMs - lastMs < BEAT_SECONDS * 1000) return;
    lastMs = nowMs;
    if (!(await mayBeOurs(fence))) return;
    await gauges.upgrade({ ...kept, ...known, state: 'in-flight', progressAtMs: nowMs });
  };
  await beat();
  return {
    now: () => clock.now(),
    timeout: (seconds) => clock.timeout(seconds),
    sleep: async (seconds) => {
      await beat();
      await clock.sleep(seconds);
    },
  };
}

/** While the holder of the Lease is not known, the run continues and so do its gauges. */
async function mayBeOurs(fence: Fence): Promise<boolean> {
  try {
    await fence();
    return true;
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return error.exitCode !== EXIT.Refused;
  }
}

/** A failed read of the marks does not fail the step. */
async function keptFor(
  cluster: HeartbeatClients['cluster'],
  { annotationPrefix, runName }: Context,
  log: Tools['log'],
) {
  try {
    return gaugesKept(await cluster.runMarks(), annotationPrefix, runName);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    log(`The gauges are not pushed by this step: ${error.message}`);
    return undefined;
  }
}

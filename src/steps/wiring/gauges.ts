import type { metricsInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import type { UpgradeGauges } from '../../signals/gauges.ts';
import { systemClock } from '../adapters/clock.ts';
import { pushgateway } from '../adapters/pushgateway.ts';
import { beatingClock } from '../guards/heartbeat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Gauges } from '../ports/gauges.ts';
import type { RunContext } from '../../contract/run-context.ts';
import type { Tools } from '../runtime/run-step.ts';
import { credentialsOf } from '../runtime/server-login.ts';
import { clusterClient } from './cluster.ts';
import { connect, type Connection } from './connection.ts';
import { fenceOf } from './fenced.ts';

type MetricsInputs = ValuesOf<typeof metricsInputs>;

/** Uses its own clock, so that a push still completes after the step receives SIGTERM. */
export const gaugesClient = (inputs: MetricsInputs, { log }: Pick<Tools, 'log'>): Gauges => pushingTo(inputs, log, {});

/** A push that is lost is followed by another, so no step waits for one. */
const HEARTBEAT = { timeoutSeconds: 3, patienceSeconds: 0 };

/** The clock of the step; while the step waits, it also pushes the gauges of the run. */
export function heartbeatClock(
  connection: Connection,
  inputs: RunContext & MetricsInputs,
  tools: Tools,
  known: Pick<UpgradeGauges, 'snapshotTaken'> = {},
): Promise<Clock> {
  const heartbeat = {
    clock: connection.clock,
    cluster: clusterClient(connection),
    gauges: pushingTo(inputs, tools.log, HEARTBEAT),
    fence: fenceOf(connect(inputs, tools, HEARTBEAT.patienceSeconds)),
  };
  return beatingClock(heartbeat, inputs, tools, known);
}

const pushingTo = (
  { pushgatewayUrl: url, clusterName: cluster }: MetricsInputs,
  log: Tools['log'],
  patience: Partial<typeof HEARTBEAT>,
): Gauges =>
  pushgateway({ url, cluster, credentials: credentialsOf('pushgateway'), clock: systemClock(), log, ...patience });

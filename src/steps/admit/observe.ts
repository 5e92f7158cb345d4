import { baselineOf, checkAlerts, type AlertCheck } from '../../signals/alert-check.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { runStopOf, stopsRun, type RunStop } from '../../run/stop.ts';
import { ownWork } from '../guards/own-work.ts';
import type { AlertSource } from '../ports/alerts.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';
import type { Kured, KuredState } from '../ports/kured.ts';
import type { RunsPort } from '../ports/lease.ts';

export interface AdmitFacts {
  readonly nodes: readonly ClusterNode[];
  /** The record of an earlier step that this run begins no more nodes. */
  readonly stop: RunStop | undefined;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  /** Whether a step of this run failed. Then no further node may begin. */
  readonly failed: boolean;
  readonly nowMs: number;
}

interface RunInput {
  readonly runUid: string;
  readonly runName: string;
  readonly annotationPrefix: string;
}

interface AdmitClients {
  readonly cluster: NodeReads;
  readonly runs: Pick<RunsPort, 'hasFailed'>;
  readonly clock: Clock;
}

export async function observe(
  { cluster, runs, clock }: AdmitClients,
  { runUid, runName, annotationPrefix }: RunInput,
): Promise<AdmitFacts> {
  const failed = await runs.hasFailed({ uid: runUid, name: runName });
  const stop = stopsRun(runStopOf(await cluster.runMarks(), annotationPrefix, runUid));
  return { nodes: await cluster.nodes(), stop, failed, killSwitch: await cluster.killSwitch(), nowMs: clock.now() };
}

export interface WatchedFacts extends AdmitFacts {
  readonly alertCheck: AlertCheck;
  /** undefined where there is no kured. */
  readonly kured?: KuredState | undefined;
}

interface WatchClients extends AdmitClients {
  readonly source: AlertSource;
  readonly kured: Pick<Kured, 'state'>;
}

/** Also observes which alerts have begun to fire since the run began, and what kured does. */
export async function watch(clients: WatchClients, run: RunInput): Promise<WatchedFacts> {
  const { cluster, kured } = clients;
  const { alerts, scope } = clients.source;
  const baseline = baselineOf(await cluster.runMarks(), run.annotationPrefix, run.runUid) ?? [];
  const firing = await alerts?.firing();
  const alertCheck = checkAlerts(firing, scope, baseline, await ownWork(cluster, firing));
  return { ...(await observe(clients, run)), alertCheck, kured: await kured.state() };
}

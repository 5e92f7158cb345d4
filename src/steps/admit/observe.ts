import { baselineOf, newsOf, type AlertNews } from '../../upgrade/alert-news.ts';
import type { ClusterNode } from '../../upgrade/node.ts';
import { runStopOf, type RunStop } from '../../upgrade/run-stop.ts';
import type { AlertSight } from '../ports/alerts.ts';
import type { ClusterReads } from '../ports/cluster.ts';
import type { Clock } from '../ports/clock.ts';

export interface AdmitFacts {
  readonly nodes: readonly ClusterNode[];
  /** That this run begins no more nodes, said by a step before. */
  readonly stop: RunStop | undefined;
  /** The reason in the kill switch; undefined when it is not set. */
  readonly killSwitch: string | undefined;
  readonly nowMs: number;
}

export async function observe(
  cluster: ClusterReads,
  clock: Clock,
  { runUid, annotationPrefix }: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<AdmitFacts> {
  const stop = runStopOf(await cluster.namespaceAnnotations(), annotationPrefix, runUid);
  return { nodes: await cluster.nodes(), stop, killSwitch: await cluster.killSwitch(), nowMs: clock.now() };
}

export interface WatchedFacts extends AdmitFacts {
  readonly news: AlertNews;
}

/** The same, and what has begun to fire since the run began. */
export async function watch(
  cluster: ClusterReads,
  clock: Clock,
  { alerts, scope }: AlertSight,
  run: { readonly runUid: string; readonly annotationPrefix: string },
): Promise<WatchedFacts> {
  const baseline = baselineOf(await cluster.namespaceAnnotations(), run.annotationPrefix, run.runUid) ?? [];
  const news = newsOf(await alerts?.firing(), scope, baseline);
  return { ...(await observe(cluster, clock, run)), news };
}

import { baselineOf, checkAlerts, type AlertCheck } from '../../signals/alert-check.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { countPods, podsAtBegin, type PodCount } from '../../upgrade/drain/pod-readiness.ts';
import { known, type Reading } from '../../upgrade/reading.ts';
import { haltedBecause, runStopOf } from '../../run/stop.ts';
import type { AlertSource } from '../ports/alerts.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { ApiServerHealth, ApiServersPort, NamesPort } from '../ports/health.ts';
import type { Rehearsal } from '../ports/rehearsal.ts';

export interface PostflightFacts {
  readonly nodes: readonly ClusterNode[];
  /** Why this run began no more nodes; undefined when nothing stopped it. */
  readonly stopped: string | undefined;
  readonly apiServers: Reading<readonly ApiServerHealth[]>;
  /** undefined: not asked. */
  readonly dns: Reading<readonly string[]> | undefined;
  readonly pods: Reading<PodCount>;
  /** The count when the run began; undefined when it is not recorded. */
  readonly podsBefore: Pick<PodCount, 'ready' | 'all'> | undefined;
  readonly alertCheck: AlertCheck;
}

interface PostflightSources {
  readonly cluster: Pick<NodeReads, 'nodes' | 'runMarks' | 'killSwitch'>;
  readonly rehearsal: Pick<Rehearsal, 'pods'>;
  readonly apiServers: ApiServersPort;
  readonly names: NamesPort;
}

interface RunInput {
  readonly runUid: string;
  readonly annotationPrefix: string;
  readonly dnsName: string | undefined;
}

export async function observe(
  { cluster, rehearsal, apiServers, names }: PostflightSources,
  { alerts, scope }: AlertSource,
  { runUid, annotationPrefix: prefix, dnsName }: RunInput,
): Promise<PostflightFacts> {
  const annotations = await cluster.runMarks();
  const killSwitch = await cluster.killSwitch();
  const nodes = await cluster.nodes();
  const [health, dns, pods, firing] = await Promise.all([
    apiServers.health(),
    dnsName === undefined ? undefined : names.resolve(dnsName),
    rehearsal.pods(),
    alerts?.firing(),
  ]);
  return {
    nodes,
    stopped:
      runStopOf(annotations, prefix, runUid)?.because ??
      (killSwitch === undefined ? undefined : haltedBecause(killSwitch)),
    apiServers: health,
    dns,
    pods: pods.known ? known(countPods(pods.value)) : pods,
    podsBefore: podsAtBegin(annotations, prefix, runUid),
    alertCheck: checkAlerts(firing, scope, baselineOf(annotations, prefix, runUid) ?? [], { nodes }),
  };
}

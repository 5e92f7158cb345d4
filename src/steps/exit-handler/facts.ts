import type { Failure } from '../../run/failures.ts';
import type { RunStop } from '../../run/stop.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import type { ExcludedNode, UnreadableNode } from '../../upgrade/node/readings.ts';
import type { Reading } from '../../upgrade/reading.ts';
import type { KuredState } from '../ports/kured.ts';
import type { LeaseRecord, RunId, UnscheduledPod } from '../ports/lease.ts';

/** What the exit handler of every run knows: an upgrade, and an operation. */
export interface EndFacts {
  /** Nodes that can be read. */
  readonly nodes: readonly ClusterNode[];
  readonly unreadableNodes?: readonly UnreadableNode[];
  /** Workers that nodes.exclude leaves out. */
  readonly excludedNodes?: readonly ExcludedNode[];
  /** What could not be read; the fact of that name is then empty. */
  readonly unread?: readonly Unread[];
  readonly lease: LeaseRecord | undefined;
  /** The run that holds the Lease, when that is another run and it is in progress. */
  readonly otherAtWork: RunId | undefined;
  /** Step pods of this run that may still work, without the pod of the exit handler. */
  readonly livePods: readonly string[];
  /** Deployments that this project still holds at 0, `namespace/name`. */
  readonly heldDeployments?: readonly string[];
  /** One sentence for each Deployment whose replicas could not be restored. */
  readonly deploymentTrouble?: readonly string[];
  /** Pods of this run that the scheduler placed on no node. */
  readonly unscheduled: readonly UnscheduledPod[];
  /** What failed in this run, from its Workflow. */
  readonly failures?: readonly Failure[];
  /** Why this run began no more nodes. */
  readonly stop: RunStop | undefined;
  /** undefined when there is no kured, or when its lock cannot be read. */
  readonly kured?: KuredState | undefined;
  readonly nowMs?: number;
}

/** The first words of the line for each fact that could not be read. */
const UNREAD = {
  pods: 'The pods of this run cannot be listed',
  lease: 'The Lease k8s-upgrade cannot be read',
  marks: 'The marks of this run cannot be read',
  unscheduled: 'The events of the pods of this run cannot be listed',
  killSwitch: 'The kill switch cannot be read',
  failures: 'The failed steps cannot be read from the Workflow',
  nodes: 'The nodes cannot be listed',
  kured: 'The lock of kured cannot be read',
  deployments: 'Deployments that this project holds at 0 may not be restored',
} as const;

/** A fact that the exit handler asked for and did not get. */
export interface Unread {
  readonly what: keyof typeof UNREAD;
  readonly line: string;
}

/** Returns one line for each reading without a value, in the order of `readings`. */
export const unreadFacts = (
  readings: Readonly<Partial<Record<Unread['what'], Reading<unknown>>>>,
  me: RunId,
): readonly Unread[] =>
  (Object.keys(readings) as Unread['what'][]).flatMap((what) => {
    const reading = readings[what];
    if (reading === undefined || reading.known) return [];
    const remedy = what === 'failures' ? ` See them: argo get -n k8s-upgrade ${me.name}` : '';
    return [{ what, line: `${UNREAD[what]}: ${withFullStop(reading.reason)}${remedy}` }];
  });

const withFullStop = (reason: string): string => (/[.!?…]$/.test(reason) ? reason : `${reason}.`);

export const valueOf = <T, U>(reading: Reading<T>, otherwise: U): T | U => (reading.known ? reading.value : otherwise);

export const isUnread = ({ unread = [] }: Pick<EndFacts, 'unread'>, fact: Unread['what']): boolean =>
  unread.some(({ what }) => what === fact);

/** Step pods must have ended, and the Workflow must name what failed: Argo writes it after it creates the pod of the exit handler. */
export const isSettled =
  ({ status }: { readonly status: string }) =>
  (facts: EndFacts): boolean =>
    facts.livePods.length === 0 &&
    (status === 'Succeeded' || (facts.failures ?? []).length > 0 || isUnread(facts, 'failures'));

import type { AttachedVolume } from '../../upgrade/drain/attached-volume.ts';
import type { DisruptionBudget } from '../../upgrade/drain/disruption-budget.ts';
import type { Labels } from '../../upgrade/kubernetes/label-selector.ts';
import type { LastUpgrade } from '../../upgrade/node/last-upgrade.ts';
import type { UpgradeRecord } from '../../upgrade/node/upgrade-record.ts';
import type { NodeReadings } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';

export type { AttachedVolume };

/** A pod on a node, as far as a drain cares. */
export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly ready: boolean;
  /** It has a deletion timestamp: a drain waits for it and does not evict it again. */
  readonly terminating: boolean;
  /** When its grace is over, in milliseconds since the epoch; undefined unless it is terminating. */
  readonly dueAtMs: number | undefined;
  /** Finalizers that must be removed before the object is deleted. */
  readonly finalizers: readonly string[];
  /** The mirror of a static pod: the API server cannot end it. */
  readonly mirror: boolean;
  /** Its controller is a DaemonSet of any API group. */
  readonly daemonSet: boolean;
  /** Its controller would put it back on the same node, cordoned or not. */
  readonly boundToNode: boolean;
  /** Tolerates the taint of a cordon, so the scheduler may put its successor on the same node. */
  readonly toleratesCordon: boolean;
  /** Whether a controller creates the pod again on another node. */
  readonly controlled: boolean;
  /** Its controller, such as `ReplicaSet shop/web-5d8`. Without a controller: what its successor would have in common with it. */
  readonly madeBy: string;
  readonly emptyDir: boolean;
  /** PersistentVolumeClaims of its namespace that it mounts, by name. */
  readonly claims: readonly string[];
  /** Name of the Argo Workflow that it is a step of. */
  readonly workflow: string | undefined;
}

/** What changes together on a Node, in one request: an upgrade record without its cordon cannot exist. */
export interface NodeChange {
  /** null closes the upgrade record. */
  readonly upgradeRecord?: UpgradeRecord | null;
  readonly unschedulable?: boolean;
  readonly lastUpgrade?: LastUpgrade;
}

/**
 * `changed`: another client wrote the Node since it was read; read it again.
 * `gone`: there is no such Node any more.
 */
export type NodeWrite = 'written' | 'changed' | 'gone';

export type Eviction =
  | { readonly kind: 'evicted' }
  | { readonly kind: 'gone' }
  /**
   * A disruption budget says not now (429), or says that it cannot tell (500 with several budgets); or an admission
   * webhook does. Asking again earlier than in `askAgainSeconds` is no use.
   */
  | { readonly kind: 'held'; readonly because: string; readonly askAgainSeconds?: number }
  /** An admission policy denies it. Each further request is denied until the policy changes. */
  | { readonly kind: 'denied'; readonly because: string };

export interface ClusterReads {
  /**
   * All nodes but those that are left out, and those that cannot be read and are left alone. Throws `Refused` with a sentence
   * for each other node that cannot be read, such as a control-plane node or one with an unreadable upgrade record.
   */
  nodes(): Promise<readonly ClusterNode[]>;
  /** All nodes; those that are left out and those that cannot be read with the reason. */
  nodeReadings(): Promise<NodeReadings>;
  /**
   * The IP addresses that the API servers serve at, each in its one spelling. They write this list themselves, and no kubelet
   * may. Throws when it cannot be read or names none.
   */
  apiServerAddresses(): Promise<readonly string[]>;
  /** One node, left out or not; undefined when there is none of that name. Throws `Refused` when it cannot be read. */
  node(name: string): Promise<ClusterNode | undefined>;
  podsOn(node: string): Promise<readonly NodePod[]>;
  /** The reason that an operator gave, empty when none; undefined when the switch is not set. */
  killSwitch(): Promise<string | undefined>;
  /** What the run under way has written down, by name with the annotation prefix. Empty: nothing. */
  runMarks(): Promise<Readonly<Record<string, string>>>;
  /** Throws `Refused` when the ConfigMap that keeps marks does not exist: a run must not begin without it. */
  assertRunState(): Promise<void>;
  /** All of them, of every namespace. */
  budgets(): Promise<readonly DisruptionBudget[]>;
  /** What the API server would answer to an eviction. Changes nothing (`dryRun: All`). */
  wouldEvict(pod: NodePod, gracePeriodSeconds: number): Promise<Eviction>;
  /** Volumes that are attached to the node, or about to be detached from it. */
  attachedVolumes(node: string): Promise<readonly AttachedVolume[]>;
  /**
   * Whether the API server answers, is ready and can authorize: `/readyz`, then an access review.
   * Never retried inside, never throws: the text says what was seen when it is not ready.
   */
  apiReady(): Promise<{ readonly ready: true } | { readonly ready: false; readonly because: string }>;
}

export interface ClusterWrites {
  /** Writes only when the Node is still as it was read (`node.revision`). */
  changeNode(node: ClusterNode, change: NodeChange): Promise<NodeWrite>;
  /** By the Eviction API, so that disruption budgets are honoured. Only the pod of that UID. */
  evict(pod: NodePod, gracePeriodSeconds: number): Promise<Eviction>;
  /** Deletes the pod without regard to disruption budgets. `evicted`: the pod is terminating. */
  deletePod(pod: NodePod, gracePeriodSeconds: number): Promise<Eviction>;
  /** null removes a mark. Throws `Refused` when the ConfigMap that keeps them does not exist. */
  writeRunMarks(annotations: Readonly<Record<string, string | null>>): Promise<void>;
}

/** The nodes and the state of the run: what nearly every step reads. */
export type NodeReads = Omit<ClusterReads, keyof (PodReads & ReadinessReads)>;
/** The pods on a node, and what decides whether they leave it. */
export type PodReads = Pick<ClusterReads, 'podsOn' | 'budgets' | 'wouldEvict' | 'attachedVolumes'>;
export type ReadinessReads = Pick<ClusterReads, 'apiReady'>;

export type NodeWrites = Omit<ClusterWrites, keyof PodWrites>;
export type PodWrites = Pick<ClusterWrites, 'evict' | 'deletePod'>;

export type Cluster = ClusterReads & ClusterWrites;

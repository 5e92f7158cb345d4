import type { Cluster, Eviction, NodeChange, NodePod, NodeWrite } from '../../../src/steps/ports/cluster.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';

/** A PodDisruptionBudget: how many of the pods that it covers must stay ready. */
export interface FakeBudget {
  readonly name: string;
  readonly namespace: string;
  readonly minAvailable: number;
  readonly covers: (pod: NodePod) => boolean;
}

/** Nodes, pods and budgets in memory. What a test changes behind our back goes through the methods, too. */
export class FakeCluster implements Cluster {
  readonly #nodes = new Map<string, ClusterNode>();
  readonly #pods = new Map<string, { node: string; pod: NodePod }>();
  readonly #budgets: FakeBudget[] = [];
  #revision = 1000;
  /** Annotations of our namespace. */
  readonly annotations: Record<string, string> = {};
  /** The reason in the kill switch; undefined: it is not set. */
  killedBecause: string | undefined;
  /** What `apiReady` answers, one after the other; ready when there is nothing left. */
  readonly apiAnswers: Awaited<ReturnType<Cluster['apiReady']>>[] = [];
  /** `when told`: an evicted pod stays, terminating, until `end` is called. */
  podsEnd: 'at once' | 'when told' = 'at once';
  /** Every write that was asked for, in order: `changeNode w1`, `evict default/web-1`. */
  readonly writes: string[] = [];

  addNode(name: string, about: Partial<ClusterNode> = {}): ClusterNode {
    const node: ClusterNode = {
      name,
      uid: `uid-of-${name}`,
      revision: this.#nextRevision(),
      createdAtMs: Date.UTC(2025, 0, 1),
      controlPlane: false,
      ready: true,
      unschedulable: false,
      internalIp: `10.0.0.${this.#nodes.size + 1}`,
      kubelet: { major: 1, minor: 34, patch: 9 },
      runtime: 'containerd://2.2.1',
      staticPods: [],
      ledger: undefined,
      lastUpgrade: undefined,
      labels: {},
      taints: [],
      ...about,
    };
    this.#nodes.set(name, node);
    return node;
  }

  /** Somebody else writes the Node: the kubelet, the upgrade itself, an operator. */
  alterNode(name: string, about: Partial<ClusterNode> = {}): void {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`FakeCluster has no node ${name}`);
    this.#nodes.set(name, { ...node, ...about, revision: this.#nextRevision() });
  }

  removeNode(name: string): void {
    this.#nodes.delete(name);
  }

  addPod(node: string, name: string, about: Partial<NodePod> = {}): NodePod {
    const namespace = about.namespace ?? 'default';
    const pod: NodePod = {
      namespace,
      name,
      uid: `uid-of-${namespace}-${name}-${this.#nextRevision()}`,
      phase: 'Running',
      ready: true,
      terminating: false,
      mirror: false,
      daemonSet: false,
      controlled: true,
      emptyDir: false,
      workflow: undefined,
      ...about,
    };
    this.#pods.set(`${namespace}/${name}`, { node, pod });
    return pod;
  }

  /** A pod has ended and is gone. */
  end({ namespace, name }: Pick<NodePod, 'namespace' | 'name'>): void {
    this.#pods.delete(`${namespace}/${name}`);
  }

  addBudget(budget: FakeBudget): void {
    this.#budgets.push(budget);
  }

  removeBudgets(): void {
    this.#budgets.length = 0;
  }

  async nodes(): Promise<readonly ClusterNode[]> {
    return [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async node(name: string): Promise<ClusterNode | undefined> {
    return this.#nodes.get(name);
  }

  async podsOn(node: string): Promise<readonly NodePod[]> {
    const sorted = [...this.#pods.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.filter(([, placed]) => placed.node === node).map(([, { pod }]) => pod);
  }

  async killSwitch(): Promise<string | undefined> {
    return this.killedBecause;
  }

  async namespaceAnnotations(): Promise<Readonly<Record<string, string>>> {
    return { ...this.annotations };
  }

  async apiReady(): ReturnType<Cluster['apiReady']> {
    return this.apiAnswers.shift() ?? { ready: true };
  }

  async changeNode({ name, revision }: ClusterNode, change: NodeChange): Promise<NodeWrite> {
    this.writes.push(`changeNode ${name}`);
    const node = this.#nodes.get(name);
    if (node === undefined) return 'gone';
    if (node.revision !== revision) return 'changed';
    const { ledger = node.ledger, unschedulable = node.unschedulable, lastUpgrade = node.lastUpgrade } = change;
    this.alterNode(name, { ledger: ledger ?? undefined, unschedulable, lastUpgrade });
    return 'written';
  }

  async evict(asked: NodePod, gracePeriodSeconds: number): Promise<Eviction> {
    this.writes.push(`evict ${asked.namespace}/${asked.name} (${gracePeriodSeconds} s)`);
    const placed = this.#pods.get(`${asked.namespace}/${asked.name}`);
    if (placed?.pod.uid !== asked.uid) return { kind: 'gone' };
    const because = this.#whyHeld(placed.pod);
    if (because !== undefined) return { kind: 'held', because };
    if (this.podsEnd === 'at once') this.end(asked);
    else placed.pod = { ...placed.pod, terminating: true, ready: false };
    return { kind: 'evicted' };
  }

  /** In the words of the API server. A pod that is not ready, or is ending already, costs no budget anything. */
  #whyHeld(pod: NodePod): string | undefined {
    const [budget, second] = this.#budgets.filter((one) => one.namespace === pod.namespace && one.covers(pod));
    if (budget === undefined || pod.phase === 'Pending' || pod.terminating) return undefined;
    if (second !== undefined) {
      return 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    }
    const ready = [...this.#pods.values()].filter(
      ({ pod: other }) =>
        other.namespace === budget.namespace && budget.covers(other) && other.ready && !other.terminating,
    );
    if (!pod.ready || ready.length > budget.minAvailable) return undefined;
    return "Cannot evict pod as it would violate the pod's disruption budget.";
  }

  async annotateNamespace(annotations: Readonly<Record<string, string | null>>): Promise<void> {
    this.writes.push('annotateNamespace');
    for (const [key, value] of Object.entries(annotations)) {
      if (value === null) Reflect.deleteProperty(this.annotations, key);
      else this.annotations[key] = value;
    }
  }

  #nextRevision(): string {
    return String(++this.#revision);
  }
}

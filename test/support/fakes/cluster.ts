import { refused, StepError } from '../../../src/steps/runtime/step-error.ts';
import type {
  AttachedVolume,
  Cluster,
  Eviction,
  NodeChange,
  NodePod,
  NodeWrite,
} from '../../../src/steps/ports/cluster.ts';
import type { DisruptionBudget } from '../../../src/upgrade/drain/disruption-budget.ts';
import type { Labels } from '../../../src/upgrade/kubernetes/label-selector.ts';
import { ignoreForeignUpgradeRecords } from '../../../src/upgrade/node/control-plane.ts';
import {
  blockingNodes,
  unreadableLines,
  type ExcludedNode,
  type NodeReadings,
  type UnreadableNode,
} from '../../../src/upgrade/node/readings.ts';
import type { ClusterNode } from '../../../src/upgrade/node/node.ts';

/** A PodDisruptionBudget: how many of the pods that it covers must stay ready. */
export interface FakeBudget {
  readonly name: string;
  readonly namespace: string;
  readonly minAvailable: number;
  /** Labels of the pods that it covers. Without any, it covers all of its namespace. */
  readonly labels?: Labels;
  readonly unhealthyPods?: DisruptionBudget['unhealthyPods'];
}

/** Nodes, pods and budgets in memory. What a test changes behind our back goes through the methods, too. */
export class FakeCluster implements Cluster {
  readonly #nodes = new Map<string, ClusterNode>();
  readonly #pods = new Map<string, { node: string; pod: NodePod }>();
  readonly #budgets: FakeBudget[] = [];
  readonly #volumes = new Map<string, AttachedVolume[]>();
  #revision = 1000;
  /** There is no ConfigMap to keep marks in. */
  runStateMissing = false;
  readonly marks: Record<string, string> = {};
  /** The reason in the kill switch; undefined: it is not set. */
  killedBecause: string | undefined;
  /** What `apiReady` answers, one after the other; ready when there is nothing left. */
  readonly apiAnswers: Awaited<ReturnType<Cluster['apiReady']>>[] = [];
  /** By `namespace/name` or namespace: what an admission policy or webhook answers to an eviction. */
  readonly denials = new Map<string, (pod: NodePod) => Eviction>();
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
      upgradeRecord: undefined,
      lastUpgrade: undefined,
      taints: [],
      ...about,
      labels: {
        // Every kubelet sets these two.
        ...{ 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
        ...(about.labels ?? (about.controlPlane === true ? { 'node-role.kubernetes.io/control-plane': '' } : {})),
      },
    };
    this.#nodes.set(name, node);
    return node;
  }

  /** Another client writes the Node: the kubelet, kubeadm, an operator. */
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
      labels: {},
      phase: 'Running',
      ready: true,
      terminating: false,
      dueAtMs: undefined,
      finalizers: [],
      mirror: false,
      daemonSet: false,
      boundToNode: false,
      toleratesCordon: false,
      controlled: true,
      madeBy: `ReplicaSet ${namespace}/of-${name}`,
      emptyDir: false,
      claims: [],
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

  attach(node: string, volume: AttachedVolume): void {
    this.#volumes.set(node, [...(this.#volumes.get(node) ?? []), volume]);
  }

  detach(node: string): void {
    this.#volumes.delete(node);
  }

  /** In the words of Kubernetes 1.34.10. `where`: a namespace, or `namespace/name` of a pod. */
  denyEvictions(where: string, says: string): void {
    this.denials.set(where, ({ name }) => ({
      kind: 'denied',
      because: `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'no-evict' with binding 'no-evict' denied request: ${says}`,
    }));
  }

  removeBudgets(): void {
    this.#budgets.length = 0;
  }

  /** Nodes that cannot be read, whether or not the fake has a node of that name. */
  readonly unreadable: UnreadableNode[] = [];
  /** Nodes that are left out, whether or not the fake has a node of that name. */
  readonly excluded: ExcludedNode[] = [];

  /** Where the API servers serve. Undefined: at the addresses of the control-plane nodes. */
  apiServers: readonly string[] | StepError | undefined;

  async apiServerAddresses(): Promise<readonly string[]> {
    if (this.apiServers instanceof StepError) throw this.apiServers;
    return (
      this.apiServers ?? [...this.#nodes.values()].filter(isControlPlane).flatMap(({ internalIp }) => internalIp ?? [])
    );
  }

  async nodes(): Promise<readonly ClusterNode[]> {
    const readings = await this.nodeReadings();
    const wrong = blockingNodes(readings);
    if (wrong.length > 0) throw refused(unreadableLines(wrong).join('\n'));
    return readings.nodes;
  }

  async nodeReadings(): Promise<NodeReadings> {
    const sorted = [...this.#nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const isListed = ({ name }: ClusterNode): boolean =>
      ![...this.unreadable, ...this.excluded].some((other) => other.name === name);
    const nodes = ignoreForeignUpgradeRecords(sorted.filter(isListed), 'argo-kubeadm-upgrade.io/');
    const controlPlaneAddresses = sorted
      .filter(isControlPlane)
      .map(({ internalIp }) => (internalIp === undefined ? [] : [internalIp]));
    return { nodes, unreadable: this.unreadable, excluded: this.excluded, controlPlaneAddresses };
  }

  async node(name: string): Promise<ClusterNode | undefined> {
    const spoilt = this.unreadable.filter((node) => node.name === name);
    if (spoilt.length > 0) throw refused(unreadableLines(spoilt).join('\n'));
    return this.#nodes.get(name);
  }

  async podsOn(node: string): Promise<readonly NodePod[]> {
    const sorted = [...this.#pods.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.filter(([, placed]) => placed.node === node).map(([, { pod }]) => pod);
  }

  async killSwitch(): Promise<string | undefined> {
    return this.killedBecause;
  }

  async runMarks(): Promise<Readonly<Record<string, string>>> {
    return { ...this.marks };
  }

  async assertRunState(): Promise<void> {
    if (this.runStateMissing) throw refused('ConfigMap k8s-upgrade/k8s-upgrade-run-state does not exist');
    return Promise.resolve();
  }

  async budgets(): Promise<readonly DisruptionBudget[]> {
    return this.#budgets.map((budget) => this.#count(budget));
  }

  async attachedVolumes(node: string): Promise<readonly AttachedVolume[]> {
    return this.#volumes.get(node) ?? [];
  }

  async apiReady(): ReturnType<Cluster['apiReady']> {
    return this.apiAnswers.shift() ?? { ready: true };
  }

  async changeNode({ name, revision }: ClusterNode, change: NodeChange): Promise<NodeWrite> {
    this.writes.push(`changeNode ${name}`);
    const node = this.#nodes.get(name);
    if (node === undefined) return 'gone';
    if (node.revision !== revision) return 'changed';
    const {
      upgradeRecord = node.upgradeRecord,
      unschedulable = node.unschedulable,
      lastUpgrade = node.lastUpgrade,
    } = change;
    this.alterNode(name, { upgradeRecord: upgradeRecord ?? undefined, unschedulable, lastUpgrade });
    return 'written';
  }

  async evict(asked: NodePod, gracePeriodSeconds: number): Promise<Eviction> {
    this.writes.push(`evict ${asked.namespace}/${asked.name} (${gracePeriodSeconds} s)`);
    const answer = await this.wouldEvict(asked);
    if (answer.kind === 'evicted') this.#tell(asked);
    return answer;
  }

  async wouldEvict(asked: NodePod): Promise<Eviction> {
    const key = `${asked.namespace}/${asked.name}`;
    const placed = this.#pods.get(key);
    if (placed?.pod.uid !== asked.uid) return { kind: 'gone' };
    const denial = this.denials.get(key) ?? this.denials.get(asked.namespace);
    if (denial !== undefined) return denial(asked);
    const because = this.#whyHeld(placed.pod);
    return because === undefined ? { kind: 'evicted' } : { kind: 'held', because };
  }

  async deletePod(asked: NodePod, gracePeriodSeconds: number): Promise<Eviction> {
    this.writes.push(`delete ${asked.namespace}/${asked.name} (${gracePeriodSeconds} s)`);
    const placed = this.#pods.get(`${asked.namespace}/${asked.name}`);
    if (placed?.pod.uid !== asked.uid) return { kind: 'gone' };
    this.#tell(asked);
    return { kind: 'evicted' };
  }

  #tell(pod: NodePod): void {
    const placed = this.#pods.get(`${pod.namespace}/${pod.name}`);
    if (this.podsEnd === 'at once') this.end(pod);
    else if (placed !== undefined)
      placed.pod = { ...placed.pod, terminating: true, dueAtMs: Date.UTC(2100, 0, 1), ready: false };
  }

  /** In the words of the API server. A pod that has not begun, or is ending already, costs no budget anything. */
  #whyHeld(pod: NodePod): string | undefined {
    const [budget, second] = this.#budgets.filter((one) => covers(one, pod));
    if (budget === undefined || pod.phase === 'Pending' || pod.terminating) return undefined;
    if (second !== undefined) {
      return 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    }
    const { currentHealthy, desiredHealthy, disruptionsAllowed } = this.#count(budget);
    if (!pod.ready && budget.unhealthyPods === 'always-allow') return undefined;
    if (!pod.ready && desiredHealthy > 0 && currentHealthy >= desiredHealthy) return undefined;
    return disruptionsAllowed > 0 ? undefined : "Cannot evict pod as it would violate the pod's disruption budget.";
  }

  /** As the disruption controller does. */
  #count(budget: FakeBudget): DisruptionBudget {
    const { name, namespace, minAvailable, labels = {}, unhealthyPods = 'if-healthy-budget' } = budget;
    const covered = [...this.#pods.values()].map(({ pod }) => pod).filter((pod) => covers(budget, pod));
    const healthy = covered.filter(({ ready, terminating }) => ready && !terminating).length;
    return {
      ...{ namespace, name, selector: { labels, expressions: [] }, unhealthyPods },
      ...{ desiredHealthy: minAvailable, expectedPods: covered.length, currentHealthy: healthy },
      ...{ disruptionsAllowed: Math.max(0, healthy - minAvailable), unsettled: undefined },
    };
  }

  async writeRunMarks(marks: Readonly<Record<string, string | null>>): Promise<void> {
    this.writes.push('writeRunMarks');
    for (const [key, value] of Object.entries(marks)) {
      if (value === null) Reflect.deleteProperty(this.marks, key);
      else this.marks[key] = value;
    }
  }

  #nextRevision(): string {
    return String(++this.#revision);
  }
}

const isControlPlane = ({ controlPlane }: ClusterNode): boolean => controlPlane;

const covers = ({ namespace, labels = {} }: FakeBudget, pod: NodePod): boolean =>
  namespace === pod.namespace && Object.entries(labels).every(([key, value]) => pod.labels[key] === value);

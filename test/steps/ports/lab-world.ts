/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { systemClock } from '../../../src/steps/adapters/clock.ts';
import { connectKubernetes, type Kubernetes } from '../../../src/steps/adapters/kubernetes.ts';
import type { ClusterWorld } from './cluster.suite.ts';
import type { CompatibilityWorld } from './compatibility.suite.ts';
import type { DeploymentsWorld } from './deployments.suite.ts';
import type { RunsWorld } from './lease.suite.ts';

const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const WORKFLOWS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' } as const;

/** A namespace of its own in the real cluster of KUBECONFIG, and the adapters on it. */
export class LabWorld {
  readonly namespace = `ports-${randomBytes(4).toString('hex')}`;
  readonly core: CoreV1Api;
  readonly #apps: AppsV1Api;
  readonly #policy: PolicyV1Api;
  readonly #custom: CustomObjectsApi;
  readonly kubernetes: Kubernetes;
  #ready = 0;
  #pods = 0;

  private constructor() {
    const config = new KubeConfig();
    config.loadFromDefault();
    this.core = config.makeApiClient(CoreV1Api);
    this.#apps = config.makeApiClient(AppsV1Api);
    this.#policy = config.makeApiClient(PolicyV1Api);
    this.#custom = config.makeApiClient(CustomObjectsApi);
    this.kubernetes = connectKubernetes({
      namespace: this.namespace,
      annotationPrefix: 'ports-test.example.org/',
      clock: systemClock(),
      log: (line) => {
        console.log(`      ${line}`);
      },
      patienceSeconds: 60,
    });
  }

  static async make(): Promise<LabWorld> {
    const world = new LabWorld();
    await world.core.createNamespace({ body: { metadata: { name: world.namespace } } });
    return world;
  }

  /** A Node that no kubelet stands behind: pods stay on it as they are written, and nobody misses it. */
  async addNode(): Promise<void> {
    const taints = [{ key: 'ports-test.example.org/nobody', effect: 'NoSchedule' }];
    await this.core.createNode({ body: { metadata: { name: this.namespace }, spec: { taints } } });
    await this.core.patchNodeStatus({ name: this.namespace, body: { status: nodeStatus() } }, MERGE_PATCH);
    await until('the service account is there', async () => {
      const { items } = await this.core.listNamespacedServiceAccount({ namespace: this.namespace });
      return items.some(({ metadata }) => metadata?.name === 'default');
    });
  }

  async addPod(name: string, about: { phase: string; ready: boolean; labels?: Record<string, string> }): Promise<void> {
    const namespace = this.namespace;
    const metadata = { name, labels: { app: 'ports', ...about.labels } };
    const containers = [{ name: 'main', image: 'nowhere.invalid/nothing' }];
    const spec = { nodeName: namespace, automountServiceAccountToken: false, containers };
    await this.core.createNamespacedPod({ namespace, body: { metadata, spec } });
    const conditions = [{ type: 'Ready', status: about.ready ? 'True' : 'False' }];
    const body = { status: { phase: about.phase, conditions } };
    await this.core.patchNamespacedPodStatus({ name, namespace, body }, MERGE_PATCH);
    this.#pods += 1;
    this.#ready += about.ready ? 1 : 0;
  }

  /** No node takes its pods: only the object counts. */
  async addWorkload(kind: string, name: string, { init, main }: { init: string; main: string }): Promise<void> {
    const { namespace } = this;
    const labels = { app: name };
    const podSpec = {
      nodeSelector: { 'ports-test.example.org/nowhere': 'true' },
      initContainers: [{ name: 'init', image: init }],
      containers: [{ name: 'main', image: main }],
    };
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } };
    const metadata = { name };
    if (kind === 'Deployment') await this.#apps.createNamespacedDeployment({ namespace, body: { metadata, spec } });
    else if (kind === 'DaemonSet') await this.#apps.createNamespacedDaemonSet({ namespace, body: { metadata, spec } });
    else
      await this.#apps.createNamespacedStatefulSet({
        namespace,
        body: { metadata, spec: { ...spec, serviceName: name } },
      });
  }

  async addDeployment(name: string, replicas: number): Promise<void> {
    await this.addWorkload('Deployment', name, { init: 'nowhere.invalid/init', main: 'nowhere.invalid/main' });
    const body = { spec: { replicas } };
    await this.#apps.patchNamespacedDeployment({ name, namespace: this.namespace, body }, MERGE_PATCH);
  }

  async alterDeployment(name: string): Promise<void> {
    const body = { metadata: { annotations: { 'ports-test.example.org/at': String(Date.now()) } } };
    await this.#apps.patchNamespacedDeployment({ name, namespace: this.namespace, body }, MERGE_PATCH);
  }

  async addBudget(name: string, minAvailable: number): Promise<void> {
    const namespace = this.namespace;
    const spec = { minAvailable, selector: { matchLabels: { app: 'ports' } } };
    await this.#policy.createNamespacedPodDisruptionBudget({ namespace, body: { metadata: { name }, spec } });
    await until(`budget ${name} is in force`, async () => {
      const { status } = await this.#policy.readNamespacedPodDisruptionBudget({ name, namespace });
      return status?.expectedPods === this.#pods && status.currentHealthy === this.#ready;
    });
  }

  async alterNode(): Promise<void> {
    const body = { metadata: { annotations: { 'ports-test.example.org/at': String(Date.now()) } } };
    await this.core.patchNode({ name: this.namespace, body }, MERGE_PATCH);
  }

  /** The label keeps an Argo controller of the lab from taking it for its own. */
  async addRun(name: string): Promise<{ name: string; uid: string }> {
    const body = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name, labels: { 'workflows.argoproj.io/controller-instanceid': 'nobody' } },
      spec: { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] },
    };
    const request = { ...WORKFLOWS, namespace: this.namespace, body };
    const made = (await this.#custom.createNamespacedCustomObject(request)) as { metadata: { uid: string } };
    return { name, uid: made.metadata.uid };
  }

  async endRun({ name }: { name: string }): Promise<void> {
    const body = { status: { phase: 'Succeeded' } };
    await this.#custom.patchNamespacedCustomObject(
      { ...WORKFLOWS, namespace: this.namespace, name, body },
      MERGE_PATCH,
    );
  }

  async removeRun({ name }: { name: string }): Promise<void> {
    await this.#custom.deleteNamespacedCustomObject({ ...WORKFLOWS, namespace: this.namespace, name });
  }

  async end(): Promise<void> {
    const { namespace } = this;
    await this.core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 });
    await this.core.deleteNode({ name: namespace }).catch(() => undefined);
    await this.core.deleteNamespace({ name: namespace });
  }
}

export async function labCluster(): Promise<ClusterWorld> {
  const world = await LabWorld.make();
  await world.addNode();
  return {
    cluster: world.kubernetes.cluster,
    node: world.namespace,
    namespace: world.namespace,
    addPod: (name, { ready }) => world.addPod(name, { phase: 'Running', ready }),
    addBudget: (name, minAvailable) => world.addBudget(name, minAvailable),
    alterNode: () => world.alterNode(),
    namespaceAnnotations: async () =>
      (await world.core.readNamespace({ name: world.namespace })).metadata?.annotations ?? {},
    end: () => world.end(),
  };
}

export async function labCompatibility(): Promise<CompatibilityWorld> {
  const world = await LabWorld.make();
  return {
    compatibility: world.kubernetes.compatibility,
    namespace: world.namespace,
    addWorkload: (kind, name, images) => world.addWorkload(kind, name, images),
    end: () => world.end(),
  };
}

export async function labDeployments(): Promise<DeploymentsWorld> {
  const world = await LabWorld.make();
  return {
    deployments: world.kubernetes.deployments,
    namespace: world.namespace,
    add: (name, replicas) => world.addDeployment(name, replicas),
    alter: (name) => world.alterDeployment(name),
    end: () => world.end(),
  };
}

export async function labRuns(): Promise<RunsWorld> {
  const world = await LabWorld.make();
  await world.addNode();
  return {
    runs: world.kubernetes.runs,
    addRun: (name) => world.addRun(name),
    endRun: (run) => world.endRun(run),
    removeRun: (run) => world.removeRun(run),
    addPod: (run, name, phase) =>
      world.addPod(name, { phase, ready: false, labels: { 'workflows.argoproj.io/workflow': run.name } }),
    end: () => world.end(),
  };
}

const nodeStatus = (): object => ({
  nodeInfo: {
    ...{ machineID: '', systemUUID: '', bootID: '', kernelVersion: '', osImage: '', containerRuntimeVersion: '' },
    ...{ kubeletVersion: 'v1.34.9', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64' },
  },
  addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
  conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }],
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await holds()) return;
    await wait(200);
  }
  throw new Error(`waited 30 s in vain until ${what}`);
}

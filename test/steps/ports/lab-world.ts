/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  PolicyV1Api,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  StorageV1Api,
} from '@kubernetes/client-node';
import { systemClock } from '../../../src/steps/adapters/clock.ts';
import { connectKubernetes, type Kubernetes } from '../../support/kubernetes.ts';
import { RUN_STATE } from '../../../src/run/in-flight.ts';
import type { Permission } from '../../../src/run/permission.ts';
import { Secret } from '../../../src/steps/runtime/secret.ts';
import type { CheckupWorld } from './checkup.suite.ts';
import type { ClusterWorld } from './cluster.suite.ts';
import type { CompatibilityWorld } from './compatibility.suite.ts';
import type { DeploymentsWorld } from './deployments.suite.ts';
import type { KuredWorld } from './kured.suite.ts';
import type { RehearsalWorld } from './rehearsal.suite.ts';
import type { HistoryWorld } from './history.suite.ts';
import type { KeySecretWorld } from './key-secret.suite.ts';
import type { RunsWorld } from './lease.suite.ts';
import type { SnapshotsWorld } from './snapshots.suite.ts';

const PREFIX = 'ports-test.example.org/';

/** No node runs these pods, so the images are never pulled. */
const KURED_IMAGES = { init: 'nowhere.invalid/init', main: 'nowhere.invalid/kubereboot/kured:1.21.0' };
const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const WORKFLOWS = { group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' } as const;

/** A namespace of its own in the real cluster of KUBECONFIG, and the adapters on it. */
export class LabWorld {
  readonly namespace = `ports-${randomBytes(4).toString('hex')}`;
  readonly core: CoreV1Api;
  readonly #admission: AdmissionregistrationV1Api;
  readonly #apps: AppsV1Api;
  readonly #batch: BatchV1Api;
  readonly #policy: PolicyV1Api;
  readonly #rbac: RbacAuthorizationV1Api;
  readonly #storage: StorageV1Api;
  readonly #custom: CustomObjectsApi;
  readonly kubernetes: Kubernetes;
  #ready = 0;
  #pods = 0;
  #events = 0;
  readonly #volumes: string[] = [];
  readonly #webhooks: string[] = [];
  readonly #policies: string[] = [];

  private constructor() {
    const config = new KubeConfig();
    config.loadFromDefault();
    this.core = config.makeApiClient(CoreV1Api);
    this.#admission = config.makeApiClient(AdmissionregistrationV1Api);
    this.#apps = config.makeApiClient(AppsV1Api);
    this.#batch = config.makeApiClient(BatchV1Api);
    this.#policy = config.makeApiClient(PolicyV1Api);
    this.#rbac = config.makeApiClient(RbacAuthorizationV1Api);
    this.#storage = config.makeApiClient(StorageV1Api);
    this.#custom = config.makeApiClient(CustomObjectsApi);
    this.kubernetes = connectKubernetes({
      namespace: this.namespace,
      annotationPrefix: PREFIX,
      clock: systemClock(),
      log: (line) => {
        console.log(`      ${line}`);
      },
      patienceSeconds: 60,
    });
  }

  static async make(): Promise<LabWorld> {
    const world = new LabWorld();
    const { namespace } = world;
    await world.core.createNamespace({ body: { metadata: { name: namespace } } });
    await world.core.createNamespacedConfigMap({ namespace, body: { metadata: { name: RUN_STATE } } });
    return world;
  }

  /** A Node without a kubelet: pods stay on it as written, and the cluster does not need it. */
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

  /** Uses the only image that every kubeadm control plane has and whose program prints something and ends. */
  async addCronJob(name: string): Promise<{ namespace: string; name: string }> {
    const { namespace } = this;
    const started = await this.kubernetes.compatibility.startedPods();
    const image = started.known ? started.value.find(({ component }) => component === 'etcd')?.image : undefined;
    if (image === undefined) throw new Error('there is no etcd whose image could be run');
    const podSpec = {
      restartPolicy: 'Never',
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'main', image, imagePullPolicy: 'Never', command: ['etcd', '--version'] }],
    };
    const jobTemplate = { spec: { backoffLimit: 0, template: { spec: podSpec } } };
    const spec = { schedule: '0 0 29 2 *', suspend: true, jobTemplate };
    await this.#batch.createNamespacedCronJob({ namespace, body: { metadata: { name }, spec } });
    return { namespace, name };
  }

  async wakeCronJob(name: string): Promise<void> {
    const body = { spec: { suspend: false } };
    await this.#batch.patchNamespacedCronJob({ name, namespace: this.namespace, body }, MERGE_PATCH);
  }

  /** To do one thing in the namespace. */
  async permit({ serviceAccount, verb, what }: Permission): Promise<void> {
    const { namespace } = this;
    const resources =
      'path' in what
        ? { nonResourceURLs: [what.path] }
        : { apiGroups: [what.apiGroup], resources: [what.resource], ...(what.name && { resourceNames: [what.name] }) };
    const metadata = { name: serviceAccount };
    await this.#rbac.createNamespacedRole({ namespace, body: { metadata, rules: [{ verbs: [verb], ...resources }] } });
    const subjects = [{ kind: 'ServiceAccount', name: serviceAccount, namespace }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: serviceAccount };
    await this.#rbac.createNamespacedRoleBinding({ namespace, body: { metadata, roleRef, subjects } });
  }

  /** A controller that never runs, by its image, and the settings that belong to it. */
  async addController(image: string, executor: string): Promise<void> {
    const { namespace } = this;
    await this.addWorkload('Deployment', 'controller', { init: 'nowhere.invalid/init', main: image });
    await this.#apps.patchNamespacedDeployment(
      { name: 'controller', namespace, body: { spec: { replicas: 0 } } },
      MERGE_PATCH,
    );
    const body = { metadata: { name: 'workflow-controller-configmap' }, data: { executor } };
    await this.core.createNamespacedConfigMap({ namespace, body });
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

  /** No node takes its pods: its lock is all that counts. */
  async addKured(concurrency: number): Promise<void> {
    await this.addWorkload('DaemonSet', 'kured', KURED_IMAGES);
    const container = { name: 'main', args: [`--concurrency=${concurrency}`] };
    const body = { spec: { template: { spec: { containers: [container] } } } };
    const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    await this.#apps.patchNamespacedDaemonSet({ name: 'kured', namespace: this.namespace, body }, strategic);
  }

  async addAnotherKured(): Promise<string> {
    await this.addWorkload('DaemonSet', 'my-release-kured', KURED_IMAGES);
    return `${this.namespace}/my-release-kured`;
  }

  async alterKured(): Promise<void> {
    const body = { metadata: { annotations: { 'ports-test.example.org/at': String(Date.now()) } } };
    await this.#apps.patchNamespacedDaemonSet({ name: 'kured', namespace: this.namespace, body }, MERGE_PATCH);
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

  /** A volume for a claim of the namespace, which only the node can reach. */
  async addVolume(claim: string, node = this.namespace): Promise<string> {
    const name = `${this.namespace}-${claim}`;
    const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
    const spec = {
      ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], persistentVolumeReclaimPolicy: 'Retain' },
      storageClassName: 'ports-test',
      csi: { driver: 'ports-test.example.org', volumeHandle: name },
      claimRef: { namespace: this.namespace, name: claim },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    };
    await this.core.createPersistentVolume({ body: { metadata: { name }, spec } });
    this.#volumes.push(name);
    return name;
  }

  /** No attacher of that name exists, so the attachment stays as it is written. */
  async attach(claim: string): Promise<void> {
    const persistentVolumeName = await this.addVolume(claim);
    const spec = { attacher: 'ports-test.example.org', nodeName: this.namespace, source: { persistentVolumeName } };
    await this.#storage.createVolumeAttachment({ body: { metadata: { name: persistentVolumeName }, spec } });
  }

  /** Denies evictions in this namespace alone. */
  async denyEvictions(): Promise<void> {
    const { namespace } = this;
    const name = `${namespace}-no-evict`;
    const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'] };
    const matchConstraints = {
      resourceRules: [rule],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    };
    const validations = [{ expression: 'false', message: 'keep it' }];
    const policy = { metadata: { name }, spec: { matchConstraints, validations } };
    await this.#admission.createValidatingAdmissionPolicy({ body: policy });
    this.#policies.push(name);
    const binding = { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } };
    await this.#admission.createValidatingAdmissionPolicyBinding({ body: binding });
    await until(`policy ${name} is in force`, async () => {
      const [pod] = await this.kubernetes.cluster.podsOn(namespace);
      return pod !== undefined && (await this.kubernetes.cluster.wouldEvict(pod, 30)).kind === 'denied';
    });
  }

  /** The webhook is asked only about Pods of this namespace, where no test creates more of them. */
  async addWebhook(name: string, failurePolicy: string): Promise<void> {
    const { namespace } = this;
    const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/eviction'] };
    const webhook = {
      ...{ name: `${name}.ports-test.example.org`, failurePolicy, sideEffects: 'None', rules: [rule] },
      admissionReviewVersions: ['v1'],
      clientConfig: { service: { namespace, name: 'nobody', path: '/' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    };
    const metadata = { name: `${namespace}-${name}` };
    await this.#admission.createValidatingWebhookConfiguration({ body: { metadata, webhooks: [webhook] } });
    this.#webhooks.push(metadata.name);
  }

  async alterNode(): Promise<void> {
    const body = { metadata: { annotations: { 'ports-test.example.org/at': String(Date.now()) } } };
    await this.core.patchNode({ name: this.namespace, body }, MERGE_PATCH);
  }

  async spoilRecord(text: string): Promise<void> {
    const body = { metadata: { annotations: { 'ports-test.example.org/ledger': text } } };
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

  /** No controller works on it, because no controller has the instance ID that it names. */
  async addRunOf(name: string, template: string, startedAtMs: number): Promise<void> {
    const body = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name, labels: { 'workflows.argoproj.io/controller-instanceid': 'nobody' } },
      spec: { workflowTemplateRef: { name: template } },
    };
    await this.#custom.createNamespacedCustomObject({ ...WORKFLOWS, namespace: this.namespace, body });
    await this.#patchRun(name, { phase: 'Running', startedAt: new Date(startedAtMs).toISOString() });
  }

  async endRunWith(name: string, endedAtMs: number, outcome: string, target: string): Promise<void> {
    const finishedAt = new Date(endedAtMs).toISOString();
    const ended = (id: string, output: string, value: string): object => ({
      [id]: {
        ...{
          id,
          name: `${name}.${id}`,
          displayName: id,
          type: 'Retry',
          templateName: id,
          phase: 'Succeeded',
          finishedAt,
        },
        outputs: { parameters: [{ name: output, value }] },
      },
    });
    const nodes = { ...ended('detect', 'target', target), ...ended('finish', 'outcome', outcome) };
    await this.#patchRun(name, { phase: 'Succeeded', finishedAt, nodes });
  }

  async #patchRun(name: string, status: object): Promise<void> {
    const request = { ...WORKFLOWS, namespace: this.namespace, name, body: { status } };
    await this.#custom.patchNamespacedCustomObject(request, MERGE_PATCH);
  }

  async endRun({ name }: { name: string }): Promise<void> {
    const body = { status: { phase: 'Succeeded' } };
    await this.#custom.patchNamespacedCustomObject(
      { ...WORKFLOWS, namespace: this.namespace, name, body },
      MERGE_PATCH,
    );
  }

  async failStep({ name }: { name: string }, how: 'one attempt' | 'for good'): Promise<void> {
    const type = how === 'for good' ? 'Retry' : 'Pod';
    const node = { id: type, name: `${name}.${type}`, displayName: type, type, phase: 'Failed' };
    const about = {
      ...{ message: 'no room', outputs: { exitCode: '77' } },
      inputs: { parameters: [{ name: 'node', value: 'worker-1' }] },
    };
    const body = { status: { phase: 'Running', nodes: { [type]: { ...node, ...about } } } };
    await this.#custom.patchNamespacedCustomObject(
      { ...WORKFLOWS, namespace: this.namespace, name, body },
      MERGE_PATCH,
    );
  }

  /** As `argo resubmit` leaves it. */
  async resubmit({ name }: { name: string }, how: 'plain' | 'memoized'): Promise<void> {
    const node = { id: 'was', name: `${name}.was`, displayName: 'was', type: 'Skipped', phase: 'Skipped' };
    const memoized = { status: { nodes: { was: { ...node, message: 'original pod: nightly-0-1' } } } };
    const labels = { 'workflows.argoproj.io/resubmitted-from-workflow': 'nightly-0' };
    const body = { metadata: { labels }, ...(how === 'memoized' ? memoized : {}) };
    await this.#custom.patchNamespacedCustomObject(
      { ...WORKFLOWS, namespace: this.namespace, name, body },
      MERGE_PATCH,
    );
  }

  async endStep({ name }: { name: string }, phase: string, node: string): Promise<void> {
    const during = (from: string, to: string): object => ({
      ...{ phase: 'Succeeded', startedAt: `2026-11-24T01:0${from}Z`, finishedAt: `2026-11-24T01:0${to}Z` },
      inputs: { parameters: [{ name: 'node', value: node }] },
    });
    const argo = (id: string, type: string, displayName: string, about: object): object => ({
      [id]: { id, name: `${name}.${displayName}`, type, displayName, ...about },
    });
    const nodes = {
      ...argo('retry', 'Retry', phase, during('0:00', '1:30')),
      ...argo('first', 'Pod', `${phase}(0)`, { ...during('0:00', '0:40'), phase: 'Failed' }),
      ...argo('second', 'Pod', `${phase}(1)`, during('0:50', '1:30')),
      ...argo('exit', 'Retry', `${name}.onExit`, during('2:00', '2:10')),
    };
    await this.#custom.patchNamespacedCustomObject(
      { ...WORKFLOWS, namespace: this.namespace, name, body: { status: { phase: 'Running', nodes } } },
      MERGE_PATCH,
    );
  }

  async removeRun({ name }: { name: string }): Promise<void> {
    await this.#custom.deleteNamespacedCustomObject({ ...WORKFLOWS, namespace: this.namespace, name });
  }

  async setKillSwitch(reason: string | undefined): Promise<void> {
    const { namespace } = this;
    const body = {
      metadata: { name: 'k8s-upgrade-killswitch' },
      ...(reason === undefined ? {} : { data: { reason } }),
    };
    await this.core.createNamespacedConfigMap({ namespace, body });
  }

  /** An Event as the scheduler writes it; each a second after the one before. */
  async scheduler(pod: string, reason: string, message: string): Promise<void> {
    const { namespace } = this;
    const at = new Date(Date.UTC(2026, 0, 1) + 1000 * ++this.#events);
    const body = {
      metadata: { name: `${pod}.${this.#events}` },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod, namespace },
      ...{
        reason,
        message,
        type: 'Normal',
        action: 'Scheduling',
        reportingComponent: 'ports-test',
        reportingInstance: 'x',
      },
      ...{ firstTimestamp: at, lastTimestamp: at },
    };
    await this.core.createNamespacedEvent({ namespace, body });
  }

  async end(): Promise<void> {
    const { namespace } = this;
    for (const name of this.#policies) {
      await this.#admission.deleteValidatingAdmissionPolicyBinding({ name }).catch(() => undefined);
      await this.#admission.deleteValidatingAdmissionPolicy({ name });
    }
    for (const name of this.#webhooks) await this.#admission.deleteValidatingWebhookConfiguration({ name });
    for (const name of this.#volumes) {
      await this.#storage.deleteVolumeAttachment({ name }).catch(() => undefined);
      await this.core.deletePersistentVolume({ name });
    }
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
    prefix: PREFIX,
    addPod: (name, { ready }) => world.addPod(name, { phase: 'Running', ready }),
    addBudget: (name, minAvailable) => world.addBudget(name, minAvailable),
    denyEvictions: () => world.denyEvictions(),
    attach: (claim) => world.attach(claim),
    alterNode: () => world.alterNode(),
    spoilRecord: (text) => world.spoilRecord(text),
    setKillSwitch: (reason) => world.setKillSwitch(reason),
    end: () => world.end(),
  };
}

const RESTRICTED = 'securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }';

export async function labCheckup(): Promise<CheckupWorld> {
  const world = await LabWorld.make();
  const { namespace, core, kubernetes } = world;
  const { checkup } = kubernetes;
  return {
    ...{ checkup, namespace },
    permit: async (allowed) => {
      await world.permit(allowed);
      // The authorizer reads roles from a cache of its own.
      await until('the role is in force', async () => {
        const [answer] = await checkup.allowed([allowed]);
        return answer?.allowed.known === true && answer.allowed.value;
      });
    },
    addSecret: async (name, stringData) => {
      await core.createNamespacedSecret({ namespace, body: { metadata: { name }, stringData } });
    },
    addCronJob: async (name, suspended) => {
      await world.addCronJob(name);
      if (!suspended) await world.wakeCronJob(name);
    },
    addController: (image, executor) =>
      world.addController(image, executor === 'restricted' ? RESTRICTED : 'resources: {}'),
    end: () => world.end(),
  };
}

export async function labRehearsal(): Promise<RehearsalWorld> {
  const world = await LabWorld.make();
  await world.addNode();
  return {
    rehearsal: world.kubernetes.rehearsal,
    node: world.namespace,
    namespace: world.namespace,
    addPod: (name) => world.addPod(name, { phase: 'Running', ready: true }),
    addBudget: (name) => world.addBudget(name, 1),
    attach: (claim) => world.attach(claim),
    denyEvictions: () => world.denyEvictions(),
    pin: async (claim, node) => {
      await world.addVolume(claim, node);
    },
    addWebhook: (name, failurePolicy) => world.addWebhook(name, failurePolicy),
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

export async function labHistory(): Promise<HistoryWorld> {
  const world = await LabWorld.make();
  return {
    history: world.kubernetes.history,
    addRun: (name, template, startedAtMs) => world.addRunOf(name, template, startedAtMs),
    endRun: (name, endedAtMs, outcome, target) => world.endRunWith(name, endedAtMs, outcome, target),
    end: () => world.end(),
  };
}

export async function labSnapshots(): Promise<SnapshotsWorld> {
  const world = await LabWorld.make();
  const { snapshots } = world.kubernetes;
  return {
    ...{ snapshots, prints: 'etcd Version: ' },
    addCronJob: (name) => world.addCronJob(name),
    finish: (cronJob, run, attempt) =>
      until(`attempt ${attempt} has succeeded`, async () =>
        (await snapshots.jobs(cronJob, run)).some((job) => job.attempt === attempt && job.state === 'succeeded'),
      ),
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

export async function labKeySecret(): Promise<KeySecretWorld> {
  const world = await LabWorld.make();
  const { core, namespace } = world;
  // What a key is, is none of this port's business.
  const publicHalf = (key: Secret): string => `public half of ${key.reveal()}`;
  const body = { metadata: { name: 'creds' }, stringData: { ssh_key: 'old' } };
  await core.createNamespacedSecret({ namespace, body });
  return {
    secret: world.kubernetes.keySecret('creds', { next: () => new Secret('new'), publicKeyOf: publicHalf }),
    ...{ oldKey: 'public half of old', newKey: 'public half of new' },
    alter: async () => {
      const change = { metadata: { labels: { altered: 'true' } } };
      await core.patchNamespacedSecret({ namespace, name: 'creds', body: change }, MERGE_PATCH);
    },
    end: () => world.end(),
  };
}

export async function labKured(): Promise<KuredWorld> {
  const world = await LabWorld.make();
  const place = { daemonSet: `${world.namespace}/kured`, annotation: 'weave.works/kured-node-lock' };
  return {
    kured: world.kubernetes.kured(place),
    daemonSet: place.daemonSet,
    addAnother: () => world.addAnotherKured(),
    add: (concurrency) => world.addKured(concurrency),
    alter: () => world.alterKured(),
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
    failStep: (run, how) => world.failStep(run, how),
    resubmit: (run, how) => world.resubmit(run, how),
    endStep: (run, phase, node) => world.endStep(run, phase, node),
    removeRun: (run) => world.removeRun(run),
    addPod: (run, name, phase) =>
      world.addPod(name, { phase, ready: false, labels: { 'workflows.argoproj.io/workflow': run.name } }),
    scheduler: (pod, reason, message) => world.scheduler(pod, reason, message),
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

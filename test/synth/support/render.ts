import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../../../src/cluster/read.ts';
import type { CronWorkflowSpec, Template, WorkflowSpec } from '../../../src/synth/argo/types.ts';
import { manifestFiles, writeManifests } from '../../../src/synth/app.ts';
import { listFiles, type Files } from '../../../src/synth/changes.ts';
import { textOf, type ManifestFile } from '../../../src/synth/manifest-file.ts';
import { withRelease, type ClusterSettings } from '../../../src/synth/settings.ts';

export const RELEASE = '0.1.0';

/** The least that an operator has to write. */
export const MINIMAL = 'images: { repository: registry.example.com/platform/argo-kubeadm-upgrade }\n';

/** Everything that is optional, in use. */
export const EVERYTHING = `${MINIMAL.replace(' }', ', tag: 1.2.3-rc.1, pullPolicy: Always, pullSecrets: [registry, mirror] }')}
annotationPrefix: upgrades.example.com/
nightly: { schedule: '*/5 * * * *', timezone: Europe/Berlin, suspend: true, startingDeadlineSeconds: 86400 }
report: { enabled: true, schedule: '30 7 * * 1', timezone: Europe/Berlin, startingDeadlineSeconds: 3600 }
policy: { patch: 'off', minor: approve, approvalSeconds: 120, skipVersions: [1.34.8, 1.34.9], minimumReleaseAgeDays: 7 }
maintenance: { timezone: Europe/Berlin, windows: [{ days: [mon, tue], start: '23:00', end: '06:00' }], freezes: [{ from: 2026-12-20, to: 2027-01-04, reason: "it's Christmas, $HOME" }], assumedNodeSeconds: 3600 }
workers: { maxUnavailable: 3, canary: { names: [w1], labels: [node-restriction.kubernetes.io/pool=canary] } }
runners: { withSshKey: { nodeSelector: [node-role.kubernetes.io/ops=, node-restriction.kubernetes.io/upgrades=yes], tolerations: [{ key: ops, value: only, effect: NoExecute }] }, others: { nodeSelector: [ops.node-restriction.kubernetes.io/steps=], tolerations: [{ key: ops, operator: Exists }] } }
argo: { version: '4.0' }
packages: { repository: 'http://mirror.example.com:8080/k8s', source: repository, httpsProxy: 'http://proxy.example.com:3128', noProxy: [.svc], sourceFile: /etc/apt/k8s.list, keyringFile: /etc/apt/k8s.asc }
ssh: { user: upgrader, port: 2222, hostKeys: strict, connectTimeoutSeconds: 600, rotation: { waitSeconds: 3600, settleSeconds: 5000 } }
kubeadm: { ignorePreflightErrors: [Swap], skipPhases: [], timeoutSeconds: 86400 }
prepare: { images: check }
controlPlane: { quiesce: [rook-ceph/rook-ceph-operator], restoreHook: { configMap: ops/restore, sha256: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' } }
drain: { timeoutSeconds: 43200, maximumSeconds: 86400, gracePeriodSeconds: 43200, deleteEmptyDirData: false, deleteUnmanagedPods: false, deleteDeadlocked: never, noRoom: warn }
nodes: { exclude: { names: [edge-1], labels: [pool=edge], kinds: [windows] }, readyTimeoutSeconds: 86400, soakSeconds: 86400, minimumFreeDisk: { rootMiB: 0, varLibMiB: 0 }, containerdPackage: containerd, containerdVersion: 2.2.1 }
metrics: { pushgatewayUrl: 'http://pushgateway.monitoring.svc:9091' }
monitoring: { prometheusUrl: 'https://prometheus.example.com/k8s', prometheusLogin: bearer, alerts: { source: alertmanager, alertmanagerUrl: 'http://alertmanager.example.com:9093', severities: [critical, warning], ignore: ['Kube.*Overcommit'], gateLabel: stop_upgrades, waitSeconds: 900, silenceSeconds: 300 } }
notify: { slack: true, webhook: true, webhookPort: 8080, argoUiUrl: 'https://argo.example.com' }
alerts: { prometheusRule: { namespace: monitoring, labels: [release=kube-prometheus-stack] }, configMap: { namespace: prometheus, labels: [example.com/rules=] }, runbookUrl: 'https://git.example.com/runbook', versionSkewForSeconds: 1, snapshotMissingForSeconds: 2, stalledAfterSeconds: 60, stalledForSeconds: 0, failedForSeconds: 90, checkStaleAfterHours: 170, checkStaleForSeconds: 86400, recentRebootSeconds: 7200 }
dashboard: { namespace: grafana, labels: [grafana_dashboard=yes], folder: Kubernetes upgrades }
preflight: { quietHours: 48, keepBackupsDays: 7, freeMiB: 2048, certificateDays: 14 }
postflight: { minimumReadyPercent: 100, dnsName: api.example.com, settleSeconds: 30 }
kured: { mode: auto, daemonSet: kube-system/reboots, lockAnnotation: example.com/lock }
snapshot: { mode: cron-job, cronJob: backup/etcd, container: backup, logPattern: 'saved (?<file>.+) of (?<bytes>[0-9]+)', minimumBytes: 4096, timeoutSeconds: 900 }
compatibility: { untested: { addons: warn, runtime: block }, addons: [{ name: shop, images: [acme/shop], noMatrix: true }, { name: calico, pin: { reason: 'not now, $HOME' }, matrix: [{ floor: '3.40', maximumKubernetes: '1.40' }] }], deprecatedApis: { source: prometheus, lookbackHours: 168 } }
certificateAuthorities: { kind: Secret, name: corporate-ca, key: bundle.pem }
secrets: { name: other-creds, externalSecret: { storeName: vault, storeKind: SecretStore, remoteKey: platform/upgrades, refreshInterval: 1h30m } }
network: { policies: true, apiServerCidrs: [10.0.0.1/32, 2001:db8::/64], apiServerPorts: [8443], nodeCidrs: [10.0.0.0/24], repositoryCidrs: [10.0.1.0/24], repositoryPorts: [8443], dnsNamespace: dns }
resources: { cpu: '0.5', memory: 64Mi, memoryLimit: 1Gi }
history: { keepDays: 365, keepPodsHours: 0 }
`;

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}
export interface WorkflowTemplateObject extends KubeObject {
  readonly spec: WorkflowSpec;
}
export interface CronWorkflowObject extends KubeObject {
  readonly spec: CronWorkflowSpec;
}

/** One cluster as it comes out: what is in its folder. */
export interface Cluster {
  readonly name: string;
  readonly settings: ClusterSettings;
  readonly files: Files;
  /** The objects of each file and their comments as JSON. Equal documents are equal files. */
  readonly documents: ReadonlyMap<string, string>;
  /** The objects of all files in the order of {@link files}. `objects.test.ts` compares them with the text of the files. */
  readonly objects: readonly KubeObject[];
}

export function settingsOf(yaml: string, name = 'lab'): ClusterSettings {
  const { settings, problems } = readSettings(yaml, `${name}.yaml`);
  if (settings === undefined) throw new Error(problems.map(({ says }) => says).join('\n'));
  return withRelease({ name, ...settings }, RELEASE);
}

const rendered = new Map<string, Cluster>();

/** Renders a cluster in memory, each cluster once per process. */
export function render(yaml: string, name?: string): Cluster {
  const key = JSON.stringify([name, yaml]);
  const cluster = rendered.get(key) ?? newCluster(settingsOf(yaml, name));
  rendered.set(key, cluster);
  return cluster;
}

/** Formats a file, and makes its objects, only when a test asks for them. */
function newCluster(settings: ClusterSettings): Cluster {
  const documents = documentsOf(settings);
  let files: Files | undefined;
  let objects: readonly KubeObject[] | undefined;
  return {
    name: settings.name,
    settings,
    documents,
    get files() {
      return (files ??= new Map([...documents].map(([file, json]) => [file, formatted(json)])));
    },
    get objects() {
      return (objects ??= [...documents.values()].flatMap((json) =>
        frozen((JSON.parse(json) as { object: KubeObject }[]).map(({ object }) => object)),
      ));
    },
  };
}

/** Renders a cluster the way the command does: to a folder. Shares nothing with an earlier rendering. */
export function filesOnDisk(settings: ClusterSettings): Files {
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    writeManifests([settings], outdir);
    return listFiles(join(outdir, settings.name));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Undefined becomes null, as in the YAML of cdk8s. */
const documentsOf = (settings: ClusterSettings): ReadonlyMap<string, string> =>
  new Map(
    manifestFiles(settings)
      .map(({ name, documents }): [string, string] => [
        name,
        JSON.stringify(documents, (_, value: unknown) => (value === undefined ? null : value)),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const texts = new Map<string, string>();

function formatted(json: string): string {
  const text = texts.get(json) ?? textOf({ documents: JSON.parse(json) as ManifestFile['documents'] });
  texts.set(json, text);
  return text;
}

/** Tests share the objects of a cluster, so no test may change one. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** An object in its file. */
export interface Written {
  readonly file: string;
  readonly text: string;
  readonly object: KubeObject;
}

/** The objects of a file. Kubernetes reads YAML 1.1. */
export const readObjects = (file: string, content: string): Written[] =>
  content.split(/^---\n/m).map((text) => ({ file, text, object: parse(text, { version: '1.1' }) as KubeObject }));

export const writtenIn = (files: Files): readonly Written[] =>
  [...files].flatMap(([file, text]) => readObjects(file, text));

/** Few settings and many: what is promised holds for both, so for what lies between. */
export const clusters = (): readonly Cluster[] => [render(MINIMAL, 'minimal'), render(EVERYTHING, 'everything')];

export const ofKind = (objects: readonly KubeObject[], kind: string): readonly KubeObject[] =>
  objects.filter((object) => object.kind === kind);
export const workflowTemplates = ({ objects }: Cluster): readonly WorkflowTemplateObject[] =>
  ofKind(objects, 'WorkflowTemplate') as readonly WorkflowTemplateObject[];
export const cronWorkflows = ({ objects }: Cluster): readonly CronWorkflowObject[] =>
  ofKind(objects, 'CronWorkflow') as readonly CronWorkflowObject[];

/** A template with everything around it. */
export interface Placed {
  readonly cluster: Cluster;
  readonly workflow: WorkflowTemplateObject;
  readonly template: Template;
}

export const placedTemplates = (): readonly Placed[] =>
  clusters().flatMap((cluster) =>
    workflowTemplates(cluster).flatMap((workflow) =>
      workflow.spec.templates.map((template) => ({ cluster, workflow, template })),
    ),
  );

export const nameOf = ({ cluster, workflow, template }: Placed): string =>
  `${cluster.name}/${workflow.metadata.name}/${template.name}`;

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings } from '../../../src/cluster/read.ts';
import type { CronWorkflowSpec, Template, WorkflowSpec } from '../../../src/synth/argo/types.ts';
import { buildApp } from '../../../src/synth/app.ts';
import { listFiles, type Files } from '../../../src/synth/changes.ts';
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
  readonly objects: readonly KubeObject[];
}

export function settingsOf(yaml: string, name = 'lab'): ClusterSettings {
  const { settings, problems } = readSettings(yaml, `${name}.yaml`);
  if (settings === undefined) throw new Error(problems.map(({ says }) => says).join('\n'));
  return withRelease({ name, ...settings }, RELEASE);
}

/** By the whole way that the command takes: files on disk, read again. */
export function render(yaml: string, name?: string): Cluster {
  const settings = settingsOf(yaml, name);
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    buildApp([settings], outdir).synth();
    const files = listFiles(join(outdir, settings.name));
    return { name: settings.name, settings, files, objects: [...files.values()].map(readObject) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Kubernetes reads YAML 1.1. */
export const readObject = (text: string): KubeObject => parse(text, { version: '1.1' }) as KubeObject;

let rendered: readonly Cluster[] | undefined;
/** Few settings and many: what is promised holds for both, so for what lies between. */
export const clusters = (): readonly Cluster[] =>
  (rendered ??= [render(MINIMAL, 'minimal'), render(EVERYTHING, 'everything')]);

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

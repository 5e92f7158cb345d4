import { onPlatform } from './placement.ts';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { envName } from '../contract/step-contract.ts';
import { valuesFromSettings } from '../contract/from-settings.ts';
import type { runContext } from '../contract/run-context.ts';
import { FOLDER, keepSnapshot } from '../steps/keep-snapshot/contract.ts';
import { BACKUP } from '../contract/snapshot-cron-job.ts';
import { PART_OF } from './names.ts';
import { imageOf, type ClusterSettings } from './settings.ts';

const CERTIFICATES = '/etc/kubernetes/pki/etcd';
const BIN = '/usr/local/bin';
const SAVE_SECONDS = 300;
const KEPT_JOBS = 3;
const ROOT = 0;
const wave = (value: string) => ({ 'argocd.argoproj.io/sync-wave': value });

/** The namespace of the backup, which passes `privileged`. */
export function backupNamespace(scope: Construct, settings: ClusterSettings): void {
  if (settings.snapshot.mode !== 'built-in') return;
  const levels = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'privileged']);
  new k8s.KubeNamespace(scope, 'backup-namespace', {
    metadata: {
      name: BACKUP,
      labels: { ...PART_OF, ...(Object.fromEntries(levels) as Record<string, string>) },
      annotations: { ...wave('-2'), 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
    },
  });
}

/**
 * A CronJob that backs up etcd, for a cluster that has none: our own program makes room, etcdctl saves, etcdutl verifies, our
 * own program keeps. It needs the files of a control-plane node and its network, so it lives apart from the pods that pass
 * `restricted`.
 */
export function etcdBackup(scope: Construct, settings: ClusterSettings): void {
  if (settings.snapshot.mode !== 'built-in') return;
  const place = { name: BACKUP, namespace: BACKUP, labels: PART_OF, annotations: wave('-1') };
  new k8s.KubeServiceAccount(scope, 'backup-account', { metadata: place, automountServiceAccountToken: false });
  // NetworkPolicies do not apply to hostNetwork pods. This one denies all traffic of any other pod in the namespace.
  if (settings.network.policies)
    new k8s.KubeNetworkPolicy(scope, 'backup-network', {
      metadata: place,
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  new k8s.KubeCronJob(scope, 'backup', {
    metadata: place,
    spec: {
      schedule: settings.snapshot.builtIn.schedule,
      timeZone: settings.snapshot.builtIn.timezone,
      // Always said: Argo CD does not see a difference in a field that git leaves out.
      suspend: false,
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: KEPT_JOBS,
      failedJobsHistoryLimit: KEPT_JOBS,
      jobTemplate: {
        metadata: { labels: PART_OF },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: settings.snapshot.timeoutSeconds,
          template: { metadata: { labels: PART_OF }, spec: podOf(settings) },
        },
      },
    },
  });
}

function podOf(settings: ClusterSettings): k8s.PodSpec {
  const { images, resources, annotationPrefix } = settings;
  const { builtIn } = settings.snapshot;
  const common = {
    resources: {
      requests: quantities({ cpu: resources.cpu, memory: resources.memory }),
      limits: quantities({ memory: resources.memoryLimit }),
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
  };
  const podName: k8s.EnvVar = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
  const etcd = { image: builtIn.image, imagePullPolicy: 'IfNotPresent', env: [podName], ...common };
  const backup = { name: 'backup', mountPath: FOLDER };
  const own = (name: string, incoming: string | undefined): k8s.Container => ({
    ...common,
    name,
    image: imageOf(keepSnapshot.name, settings),
    imagePullPolicy: images.pullPolicy,
    command: ['/nodejs/bin/node', '/app/step.cjs'],
    env: [podName, ...keepEnv(settings, incoming), { name: envName('annotationPrefix'), value: annotationPrefix }],
    volumeMounts: [backup, { name: 'scratch', mountPath: '/tmp' }],
  });
  return {
    serviceAccountName: BACKUP,
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    // Where etcd listens for its own node alone, whatever its address is.
    hostNetwork: true,
    nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
    affinity: { nodeAffinity: onPlatform(images.architectures) },
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    // What it reads belongs to root, and is for root alone.
    securityContext: { runAsUser: ROOT, runAsGroup: ROOT, seccompProfile: { type: 'RuntimeDefault' } },
    ...(images.pullSecrets.length === 0 ? {} : { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) }),
    initContainers: [
      own('make-room', undefined),
      { ...etcd, name: 'save', command: [`${BIN}/etcdctl`], args: SAVE, volumeMounts: [backup, ...CREDENTIALS.mounts] },
      {
        ...etcd,
        name: 'verify',
        command: [`${BIN}/etcdutl`],
        args: ['snapshot', 'status', `${FOLDER}/${INCOMING}`, '--write-out=json'],
        volumeMounts: [backup],
      },
    ],
    containers: [own('keep', INCOMING)],
    volumes: [
      { name: 'backup', hostPath: { path: builtIn.directory, type: 'DirectoryOrCreate' } },
      ...CREDENTIALS.volumes,
      { name: 'scratch', emptyDir: { sizeLimit: k8s.Quantity.fromString('16Mi') } },
    ],
  };
}

/** Kubernetes itself puts the name of the pod in: the image of etcd has no shell. */
const INCOMING = 'incoming-$(POD_NAME).db';

/** Three files, and not the folder: the key of etcd's own authority is in there too. */
const CREDENTIALS = (() => {
  const files = { ca: 'ca.crt', certificate: 'healthcheck-client.crt', key: 'healthcheck-client.key' };
  const all = Object.entries(files).map(([name, file]) => ({ name, path: `${CERTIFICATES}/${file}` }));
  return {
    flags: [
      `--cacert=${CERTIFICATES}/${files.ca}`,
      `--cert=${CERTIFICATES}/${files.certificate}`,
      `--key=${CERTIFICATES}/${files.key}`,
    ],
    mounts: all.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
    volumes: all.map(({ name, path }) => ({ name, hostPath: { path, type: 'File' } })),
  };
})();

const SAVE = [
  '--endpoints=https://127.0.0.1:2379',
  ...CREDENTIALS.flags,
  `--command-timeout=${SAVE_SECONDS}s`,
  'snapshot',
  'save',
  `${FOLDER}/${INCOMING}`,
];

const quantities = (texts: Readonly<Record<string, string>>): Record<string, k8s.Quantity> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, k8s.Quantity.fromString(text)]));

/** Values from the settings, and fields of the pod. */
function keepEnv(settings: ClusterSettings, incoming: string | undefined): k8s.EnvVar[] {
  const { inputs } = keepSnapshot;
  const { folder, hostFolder, staleSeconds, minimumBytes, keep } = valuesFromSettings(inputs, settings);
  const field = (name: keyof typeof runContext | 'node', fieldPath: string): k8s.EnvVar => ({
    name: envName(name),
    valueFrom: { fieldRef: { fieldPath } },
  });
  return [
    field('runName', 'metadata.name'),
    field('runUid', 'metadata.uid'),
    field('namespace', 'metadata.namespace'),
    field('node', 'spec.nodeName'),
    { name: envName('folder'), value: inputs.folder.format(folder) },
    { name: envName('hostFolder'), value: inputs.hostFolder.format(hostFolder) },
    { name: envName('incoming'), value: inputs.incoming.format(incoming) },
    { name: envName('staleSeconds'), value: inputs.staleSeconds.format(staleSeconds) },
    { name: envName('minimumBytes'), value: inputs.minimumBytes.format(minimumBytes) },
    { name: envName('keep'), value: inputs.keep.format(keep) },
  ];
}

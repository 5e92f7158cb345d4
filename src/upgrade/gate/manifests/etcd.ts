import { parseFlags } from '../boundary/flags.ts';
import type { Flag } from '../boundary/flags.ts';
import { fieldsOf, itemsOf, textOf } from './fields.ts';

/**
 * The input from which kubeadm generates etcd's static pod: `etcd.local` of ClusterConfiguration, and related fields.
 */
export interface LocalEtcd {
  readonly dataDir: string;
  readonly certificatesDir: string;
  readonly imageRepository: string;
  readonly extraArgs: readonly Flag[];
  /** Items of `extraEnvs`, unchanged. */
  readonly extraEnvs: readonly unknown[];
}

/**
 * Flags that depend on kubeadm's minor and on etcd's version. When the manifest has them, they are expected at this
 * value.
 */
const SOMETIMES: Readonly<Record<string, string>> = {
  'experimental-initial-corrupt-check': 'true',
  'experimental-watch-progress-notify-interval': '5s',
  'feature-gates': 'InitialCorruptCheck=true',
  'watch-progress-notify-interval': '5s',
  'snapshot-count': '10000',
};
/** Flags that depend on the members at the time when the node joined. */
const AS_THEY_ARE = ['name', 'initial-cluster', 'initial-cluster-state'];

const ADVERTISED = 'kubeadm.kubernetes.io/etcd.advertise-client-urls';

/**
 * Returns etcd's static pod as kubeadm writes it on the node of this manifest:
 * https://github.com/kubernetes/kubernetes/blob/v1.34.10/cmd/kubeadm/app/phases/etcd/local.go
 * `kubeadm upgrade diff` does not show it. Values that depend on the minor or on the members are taken from the
 * manifest.
 */
export function expectedEtcd(manifest: unknown, local: LocalEtcd): unknown {
  const { metadata, spec } = fieldsOf(manifest);
  const containers = itemsOf(fieldsOf(spec)['containers']).map(fieldsOf);
  const is = containers.find(({ name }) => name === 'etcd') ?? {};
  const words = [...itemsOf(is['command']), ...itemsOf(is['args'])].map(textOf);
  const address = textOf(fieldsOf(fieldsOf(metadata)['annotations'])[ADVERTISED]);
  const certificates = `${local.certificatesDir}/etcd`;
  return {
    spec: {
      containers: [
        {
          name: 'etcd',
          image: `${local.imageRepository}/etcd`,
          imagePullPolicy: 'IfNotPresent',
          command: [
            'etcd',
            ...flagsFor(parseFlags(words), address, local).map(({ name, value }) => `--${name}=${value}`),
          ],
          env: local.extraEnvs,
          resources: { requests: { cpu: '100m', memory: '100Mi' } },
          livenessProbe: { failureThreshold: 8, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 15 },
          readinessProbe: { failureThreshold: 3, periodSeconds: 1, timeoutSeconds: 15 },
          // kubeadm derives failureThreshold from its time limit for the control plane.
          startupProbe: {
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
            failureThreshold: fieldsOf(is['startupProbe'])['failureThreshold'] ?? 24,
          },
          volumeMounts: [
            { name: 'etcd-data', mountPath: local.dataDir },
            { name: 'etcd-certs', mountPath: certificates },
          ],
        },
      ],
      hostNetwork: true,
      priority: 2_000_001_000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [
        { name: 'etcd-certs', hostPath: { path: certificates, type: 'DirectoryOrCreate' } },
        { name: 'etcd-data', hostPath: { path: local.dataDir, type: 'DirectoryOrCreate' } },
      ],
    },
  };
}

/** `extraArgs` replace the flags that kubeadm writes. */
function flagsFor(is: readonly Flag[], advertised: string, local: LocalEtcd): Flag[] {
  const defaults = [
    ...is.filter(({ name }) => AS_THEY_ARE.includes(name)),
    ...is.flatMap(({ name }) => (SOMETIMES[name] === undefined ? [] : [{ name, value: SOMETIMES[name] }])),
    ...(addressFlags(advertised) ?? is.filter(({ name }) => ADDRESS_FLAGS.includes(name))),
    ...fixedFlags(local),
  ];
  return [...defaults.filter(({ name }) => !local.extraArgs.some((arg) => arg.name === name)), ...local.extraArgs];
}

const fixedFlags = ({ dataDir, certificatesDir }: LocalEtcd): Flag[] =>
  Object.entries({
    'cert-file': `${certificatesDir}/etcd/server.crt`,
    'client-cert-auth': 'true',
    'data-dir': dataDir,
    'key-file': `${certificatesDir}/etcd/server.key`,
    'peer-cert-file': `${certificatesDir}/etcd/peer.crt`,
    'peer-client-cert-auth': 'true',
    'peer-key-file': `${certificatesDir}/etcd/peer.key`,
    'peer-trusted-ca-file': `${certificatesDir}/etcd/ca.crt`,
    'trusted-ca-file': `${certificatesDir}/etcd/ca.crt`,
  }).map(([name, value]) => ({ name, value }));

const ADDRESS_FLAGS = [
  ...['advertise-client-urls', 'initial-advertise-peer-urls', 'listen-client-urls'],
  ...['listen-metrics-urls', 'listen-peer-urls'],
];

/** kubeadm derives every address from the one that it wrote into the annotation. */
function addressFlags(advertised: string): Flag[] | undefined {
  const [, host] = /^https:\/\/(\[[0-9a-fA-F:.]+\]|[0-9.]+):2379$/.exec(advertised) ?? [];
  if (host === undefined) return undefined;
  const loopback = host.startsWith('[') ? '[::1]' : '127.0.0.1';
  return [
    { name: 'advertise-client-urls', value: `https://${host}:2379` },
    { name: 'initial-advertise-peer-urls', value: `https://${host}:2380` },
    { name: 'listen-client-urls', value: `https://${loopback}:2379,https://${host}:2379` },
    { name: 'listen-metrics-urls', value: `http://${loopback}:2381` },
    { name: 'listen-peer-urls', value: `https://${host}:2380` },
  ];
}

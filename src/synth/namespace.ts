import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { KNOWN_HOSTS } from '../contract/access.ts';
import { webhookKeys } from '../run/webhook-keys.ts';
import { CLUSTER_ANNOTATION } from '../run/installed-cluster.ts';
import { RUN_STATE } from '../run/in-flight.ts';
import { loginKeys } from './servers.ts';
import { NAMESPACE, PART_OF } from './names.ts';
import type { ClusterSettings } from './settings.ts';

const wave = { 'argocd.argoproj.io/sync-wave': '-1' };

/** Where everything lives that is not cluster-wide. Its pods pass the strictest Pod Security standard. */
export function namespace(scope: Construct, { name: cluster }: ClusterSettings): void {
  const level = { enforce: 'restricted', audit: 'restricted', warn: 'restricted' };
  const podSecurity = Object.entries(level).map(([mode, value]) => [`pod-security.kubernetes.io/${mode}`, value]);
  new k8s.KubeNamespace(scope, 'namespace', {
    metadata: {
      name: NAMESPACE,
      labels: { ...PART_OF, ...(Object.fromEntries(podSecurity) as Record<string, string>) },
      annotations: {
        [CLUSTER_ANNOTATION]: cluster,
        'argocd.argoproj.io/sync-wave': '-2',
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      },
    },
  });
}

/** Host keys that the steps learn. It has no data here, so that no sync takes back what a run has learned. */
export function knownHosts(scope: Construct): void {
  new k8s.KubeConfigMap(scope, 'known-hosts', {
    metadata: { name: KNOWN_HOSTS, namespace: NAMESPACE, labels: PART_OF, annotations: wave },
  });
}

/** What a run writes down. It has no data here, so that no sync takes that back. */
export function runState(scope: Construct): void {
  new k8s.KubeConfigMap(scope, 'run-state', {
    metadata: { name: RUN_STATE, namespace: NAMESPACE, labels: PART_OF, annotations: wave },
  });
}

/** The Secret's keys: required and, where the cluster uses them, optional ones. */
const KEYS = { 'trust-on-first-use': ['ssh_key'], strict: ['ssh_key', 'ssh_known_hosts'] } as const;

/** Where the SSH key and the addresses of webhooks come from; nothing where you create the Secret yourself. */
export function credentials(scope: Construct, settings: ClusterSettings): void {
  const { secrets, ssh, notify } = settings;
  const { externalSecret, name } = secrets;
  if (externalSecret === undefined) return;
  new ApiObject(scope, 'credentials', {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: NAMESPACE, labels: PART_OF, annotations: wave },
    spec: {
      refreshInterval: externalSecret.refreshInterval,
      secretStoreRef: { kind: externalSecret.storeKind, name: externalSecret.storeName },
      target: { name, creationPolicy: 'Owner' },
      data: [...KEYS[ssh.hostKeys], ...webhookKeys(notify), ...loginKeys(settings)].map((key) => ({
        secretKey: key,
        remoteRef: { key: externalSecret.remoteKey, property: key },
      })),
    },
  });
}

import { RUN_STATE } from '../run/in-flight.ts';
import { KILL_SWITCH } from '../run/stop.ts';
import { KURED_DAEMON_SET, QUIESCED_DEPLOYMENTS, RESTORE_HOOK, type Access } from './step-contract.ts';

/** Rules that several steps share, spelled once. */
export const listNodes: Access = { apiGroup: '', resources: ['nodes'], verbs: ['list'], scope: 'cluster' };
export const getNode: Access = { ...listNodes, verbs: ['get'] };
/** Needed by steps that look at the pods of every namespace. All other steps list the pods of one namespace. */
export const listAllPods: Access = { apiGroup: '', resources: ['pods'], verbs: ['list'], scope: 'cluster' };
/** The mirror pods of the control plane. They are part of what is read of every node. */
export const listStaticPods: Access = { ...listAllPods, scope: 'kube-system' };
/** The addresses of the API servers, which they write themselves. */
export const readApiServers: Access = {
  apiGroup: 'discovery.k8s.io',
  resources: ['endpointslices'],
  verbs: ['get'],
  scope: 'default',
  names: ['kubernetes'],
};
/** The pods of a run. */
export const listRunPods: Access = { ...listAllPods, scope: 'namespace' };
export const readBudgets: Access = {
  apiGroup: 'policy',
  resources: ['poddisruptionbudgets'],
  verbs: ['list'],
  scope: 'cluster',
};
/** Which volumes are attached where, whose they are, and whether their driver is still there. */
export const readVolumes: readonly Access[] = [
  { apiGroup: 'storage.k8s.io', resources: ['volumeattachments'], verbs: ['list'], scope: 'cluster' },
  { apiGroup: '', resources: ['persistentvolumes'], verbs: ['list'], scope: 'cluster' },
  { apiGroup: 'storage.k8s.io', resources: ['csidrivers', 'csinodes'], verbs: ['list'], scope: 'cluster' },
];
export const patchNodes: Access = { apiGroup: '', resources: ['nodes'], verbs: ['patch'], scope: 'cluster' };

export const LEASE = 'k8s-upgrade';
export const readLease: Access = {
  apiGroup: 'coordination.k8s.io',
  resources: ['leases'],
  verbs: ['get'],
  names: [LEASE],
  scope: 'namespace',
};
export const replaceLease: Access = { ...readLease, verbs: ['update'] };
/** Creates the Lease when it does not exist. RBAC cannot limit `create` to a name. */
export const createLease: Access = {
  apiGroup: 'coordination.k8s.io',
  resources: ['leases'],
  verbs: ['create'],
  scope: 'namespace',
};

/** To ask Argo how a run is. */
export const readRuns: Access = {
  apiGroup: 'argoproj.io',
  resources: ['workflows'],
  verbs: ['get'],
  scope: 'namespace',
};

export const readKillSwitch: Access = {
  apiGroup: '',
  resources: ['configmaps'],
  verbs: ['get'],
  names: [KILL_SWITCH],
  scope: 'namespace',
};

export const readRunState: Access = {
  apiGroup: '',
  resources: ['configmaps'],
  verbs: ['get'],
  names: [RUN_STATE],
  scope: 'namespace',
};
/** The Namespace is read as well: a release up to 0.1.0 kept the marks in its annotations. */
export const readMarks: readonly Access[] = [
  readRunState,
  { apiGroup: '', resources: ['namespaces'], verbs: ['get'], names: ['k8s-upgrade'], scope: 'namespace' },
];
export const writeRunState: Access = { ...readRunState, verbs: ['patch'] };

export const KNOWN_HOSTS = 'k8s-upgrade-known-hosts';
/** To look up a node's host key and to remember a new one. */
export const rememberHostKeys: Access = {
  apiGroup: '',
  resources: ['configmaps'],
  verbs: ['get', 'patch'],
  names: [KNOWN_HOSTS],
  scope: 'namespace',
  when: ['learned-host-keys'],
};

/** To say which script would run, or that the ConfigMap of release 0.1.0 does not run while the setting is absent. */
export const seeRestoreHook: Access = {
  apiGroup: '',
  resources: ['configmaps'],
  verbs: ['get'],
  names: [RESTORE_HOOK],
  scope: 'restore-hook-namespace',
};

/** To read the script of `controlPlane.restoreHook`. */
export const readRestoreHook: Access = { ...seeRestoreHook, when: ['restore-hook'] };

/** To see whether kured is at work. */
export const readKured: Access = {
  apiGroup: 'apps',
  resources: ['daemonsets'],
  verbs: ['get'],
  names: [KURED_DAEMON_SET],
  scope: 'kured-namespace',
};
/** To see whether there is another. */
export const findKured: Access = {
  apiGroup: 'apps',
  resources: ['daemonsets'],
  verbs: ['list'],
  scope: 'cluster',
  when: ['kured'],
};
/** To hold its lock, and to give it back. */
export const lockKured: Access = { ...readKured, verbs: ['patch'] };

export const listDeployments: Access = {
  apiGroup: 'apps',
  resources: ['deployments'],
  verbs: ['list'],
  scope: 'cluster',
};

/** The Deployments of `controlPlane.quiesce`, each by its name in its namespace. */
export const getQuiesced: Access = {
  apiGroup: 'apps',
  resources: ['deployments'],
  verbs: ['get'],
  names: [QUIESCED_DEPLOYMENTS],
  scope: 'quiesced-namespaces',
};
/** Only the subresource: write access to a Deployment allows any pod with any ServiceAccount of its namespace. */
export const scaleQuiesced: Access = { ...getQuiesced, resources: ['deployments/scale'], verbs: ['patch'] };

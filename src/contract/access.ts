import { KILL_SWITCH } from '../upgrade/run-stop.ts';
import { KURED_DAEMON_SET, type Access } from './step-contract.ts';

/** Rules that several steps share, spelled once. */
export const readNodes: Access = { apiGroup: '', resources: ['nodes'], verbs: ['get', 'list'], scope: 'cluster' };
export const readPods: Access = { apiGroup: '', resources: ['pods'], verbs: ['list'], scope: 'cluster' };
export const readBudgets: Access = {
  apiGroup: 'policy',
  resources: ['poddisruptionbudgets'],
  verbs: ['list'],
  scope: 'cluster',
};
/** Which volumes are attached where, and whose they are. */
export const readVolumes: readonly Access[] = [
  { apiGroup: 'storage.k8s.io', resources: ['volumeattachments'], verbs: ['list'], scope: 'cluster' },
  { apiGroup: '', resources: ['persistentvolumes'], verbs: ['list'], scope: 'cluster' },
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

export const readNamespace: Access = {
  apiGroup: '',
  resources: ['namespaces'],
  verbs: ['get'],
  names: ['k8s-upgrade'],
  scope: 'namespace',
};
export const annotateNamespace: Access = { ...readNamespace, verbs: ['patch'] };

export const KNOWN_HOSTS = 'k8s-upgrade-known-hosts';
/** To look up a node's host key and to remember a new one. */
export const rememberHostKeys: Access = {
  apiGroup: '',
  resources: ['configmaps'],
  verbs: ['get', 'patch'],
  names: [KNOWN_HOSTS],
  scope: 'namespace',
};

/** To see whether kured is at work. */
export const readKured: Access = {
  ...{ apiGroup: 'apps', resources: ['daemonsets'], verbs: ['get'] },
  ...{ names: [KURED_DAEMON_SET], scope: 'kured-namespace' },
};
/** To see whether there is another. */
export const findKured: Access = { apiGroup: 'apps', resources: ['daemonsets'], verbs: ['list'], scope: 'cluster' };
/** To hold its lock, and to give it back. */
export const lockKured: Access = { ...readKured, verbs: ['patch'] };

/** To find the Deployments that we hold at 0, wherever they are. */
export const readHeldDeployments: Access = {
  ...{ apiGroup: 'apps', resources: ['deployments'], verbs: ['list'], scope: 'cluster' },
};
/** To look at one of them again, and to scale it. */
export const changeDeployments: Access = { ...readHeldDeployments, verbs: ['get', 'patch'] };

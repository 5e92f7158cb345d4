import { KNOWN_HOSTS, LEASE } from '../../../src/contract/access.ts';
import { KURED_DAEMON_SET, RESTORE_HOOK, SECRET_BY_SETTING, type Access } from '../../../src/contract/step-contract.ts';
import { RUN_STATE } from '../../../src/run/in-flight.ts';

const FORGE_OUTPUTS = 'forge the outputs of any step of a run';
const WHY_FORGE =
  'Argo takes the outputs of a step and does not check who wrote them. Every step must be allowed to write its own: the next section.';

/** From the worst to the least. */
export const WORTHS = ['root on every node', 'harm to workloads', 'a misled run', 'reading'] as const;
type Worth = (typeof WORTHS)[number];

/** What one verb on one resource allows an attacker with the token. */
export interface Right {
  /** `patch nodes`; a resource outside the core group with its group: `patch daemonsets.apps`. */
  readonly right: string;
  /** Only in rules of this scope, or for an object of this name. Absent: in any. */
  readonly in?: Access['scope'];
  readonly name?: string;
  readonly worth: Worth;
  /** Goes on after "could"; after "read" where the worth is reading. */
  readonly could: string;
  /** Why that is so, and when it is not. Absent where the worth is reading. */
  readonly why?: string;
}

/** A rule without a row here fails `npm run docs` and the tests, so that every new right is weighed. */
export const RIGHTS: readonly Right[] = [
  {
    right: 'patch daemonsets.apps',
    name: KURED_DAEMON_SET,
    worth: 'root on every node',
    could: 'run any image in the pods of kured',
    why: "Kured's pods are privileged, and run on every node. RBAC cannot limit `patch` to the annotation that is its lock. Not with `kured.mode: off`.",
  },
  {
    right: 'get secrets',
    name: SECRET_BY_SETTING,
    worth: 'root on every node',
    could: 'read the SSH key',
    why: 'The key logs in to every node as root. Not with `secrets.externalSecret`.',
  },
  {
    right: 'patch secrets',
    name: SECRET_BY_SETTING,
    worth: 'root on every node',
    could: 'replace the SSH key and the addresses of the webhooks',
    why: 'Messages, the plan among them, then go elsewhere. Not with `secrets.externalSecret`.',
  },
  {
    right: 'create jobs.batch',
    in: 'snapshot-namespace',
    worth: 'root on every node',
    could: 'run any pod where the backup runs',
    why: 'A Job takes any pod, as any ServiceAccount of that namespace. A backup of etcd reads files of a control-plane node, so its namespace lets such pods in: `default` by default, `k8s-upgrade-etcd-backup` with `snapshot.mode: built-in`. Not with `snapshot.mode: none`.',
  },
  {
    right: 'patch nodes',
    worth: 'root on every node',
    could: 'change every Node',
    why: 'With root on one worker: its label as a control-plane node makes `runners.withSshKey` select it, so the next run brings the SSH key there. Without: cordon a Node, evict its pods past every budget by a taint, write its upgrade record. RBAC limits `patch` neither to fields nor to a list of nodes that changes with the cluster.',
  },
  {
    right: 'delete pods',
    in: 'cluster',
    worth: 'harm to workloads',
    could: 'delete any pod',
    why: 'Past every disruption budget. Not with `drain.deleteDeadlocked: never`.',
  },
  {
    right: 'create pods/eviction',
    in: 'cluster',
    worth: 'harm to workloads',
    could: 'evict any pod',
    why: 'As far as disruption budgets let it.',
  },
  {
    right: 'patch deployments/scale.apps',
    in: 'quiesced-namespaces',
    worth: 'harm to workloads',
    could: 'scale the Deployments of `controlPlane.quiesce`',
    why: 'To any number; nothing else of them can be changed. Not with an empty list.',
  },
  {
    right: 'patch configmaps',
    name: KNOWN_HOSTS,
    worth: 'a misled run',
    could: 'replace remembered host keys',
    why: 'A machine in the path of the network can then pose as a node to the next step that logs in. It learns commands, not the key. Not with `ssh.hostKeys: strict`.',
  },
  {
    right: 'patch configmaps',
    name: RUN_STATE,
    worth: 'a misled run',
    could: 'forge the marks of a run',
    why: 'Stop it, let alerts count as old, change the target that steps compare theirs with, let a Deployment of `controlPlane.quiesce` that is at 0 be scaled to at most 100.',
  },
  {
    right: 'update leases.coordination.k8s.io',
    name: LEASE,
    worth: 'a misled run',
    could: 'move the Lease',
    why: 'Its run changes nothing more then; or a second run begins beside it.',
  },
  {
    right: 'create leases.coordination.k8s.io',
    in: 'namespace',
    worth: 'a misled run',
    could: 'create Leases',
    why: 'Only where there is none of that name; RBAC cannot limit `create` to a name.',
  },
  {
    right: 'create workflowtaskresults.argoproj.io',
    in: 'namespace',
    worth: 'a misled run',
    could: FORGE_OUTPUTS,
    why: WHY_FORGE,
  },
  {
    right: 'patch workflowtaskresults.argoproj.io',
    in: 'namespace',
    worth: 'a misled run',
    could: FORGE_OUTPUTS,
    why: WHY_FORGE,
  },
  reading('get leases.coordination.k8s.io', 'the Lease', { name: LEASE }),
  reading('get nodes', 'Nodes'),
  reading('list nodes', 'Nodes'),
  reading('list pods', 'pods of every namespace (`env` included)', { in: 'cluster' }),
  reading('list pods', 'pods of kube-system', { in: 'kube-system' }),
  reading('list pods', 'pods of k8s-upgrade', { in: 'namespace' }),
  reading('list pods', 'pods of the backup', { in: 'snapshot-namespace' }),
  reading('get pods/log', 'logs of the backup', { in: 'snapshot-namespace' }),
  reading('list poddisruptionbudgets.policy', 'disruption budgets'),
  reading('list volumeattachments.storage.k8s.io', 'attached volumes'),
  reading('list validatingadmissionpolicies.admissionregistration.k8s.io', 'admission policies'),
  reading('list validatingadmissionpolicybindings.admissionregistration.k8s.io', 'admission policies'),
  reading('list csidrivers.storage.k8s.io', 'storage drivers'),
  reading('list csinodes.storage.k8s.io', 'storage drivers'),
  reading('list persistentvolumes', 'PersistentVolumes'),
  reading('list namespaces', 'Namespaces', { in: 'cluster' }),
  reading('get namespaces', 'the Namespace k8s-upgrade', { name: 'k8s-upgrade' }),
  reading('list validatingwebhookconfigurations.admissionregistration.k8s.io', 'admission webhooks'),
  reading('list mutatingwebhookconfigurations.admissionregistration.k8s.io', 'admission webhooks'),
  reading('list endpointslices.discovery.k8s.io', 'addresses behind Services', { in: 'cluster' }),
  reading('get endpointslices.discovery.k8s.io', 'addresses of the API servers', { name: 'kubernetes' }),
  reading('list deployments.apps', 'Deployments (`env` included)'),
  reading('get deployments.apps', 'the Deployments of `controlPlane.quiesce`', { in: 'quiesced-namespaces' }),
  reading('list daemonsets.apps', 'DaemonSets (`env` included)'),
  reading('get daemonsets.apps', 'the DaemonSet of kured', { name: KURED_DAEMON_SET }),
  reading('list statefulsets.apps', 'StatefulSets (`env` included)'),
  reading('get workflows.argoproj.io', 'runs, with parameters and outputs'),
  reading('list workflows.argoproj.io', 'runs, with parameters and outputs'),
  reading('list events', 'events of k8s-upgrade'),
  reading('get configmaps', 'the kill switch', { name: 'k8s-upgrade-killswitch' }),
  reading('get configmaps', 'the marks of a run', { name: RUN_STATE }),
  reading('get configmaps', 'remembered host keys', { name: KNOWN_HOSTS }),
  reading('get configmaps', 'settings of kubeadm', { name: 'kubeadm-config' }),
  reading('get configmaps', 'settings of kubelets', { name: 'kubelet-config' }),
  reading('get configmaps', 'settings of kube-proxy', { name: 'kube-proxy' }),
  reading('get configmaps', 'settings of Argo, in any namespace', { name: 'workflow-controller-configmap' }),
  reading('get configmaps', 'the restore hook', { name: RESTORE_HOOK }),
  reading('get cronjobs.batch', 'CronJobs where the backup runs', { in: 'snapshot-namespace' }),
  reading('list jobs.batch', 'Jobs where the backup runs', { in: 'snapshot-namespace' }),
  reading('create subjectaccessreviews.authorization.k8s.io', 'what anybody may do'),
  reading('create selfsubjectaccessreviews.authorization.k8s.io', 'what it may do itself'),
  reading('get /metrics', 'metrics of the API server'),
  reading('get /readyz', 'health of the API server'),
  reading('get /livez', 'health of the API server'),
];

function reading(right: string, could: string, only: Pick<Right, 'in' | 'name'> = {}): Right {
  return { right, could, ...only, worth: 'reading' };
}

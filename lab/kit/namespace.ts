import { apply, get, kubectl, tryKubectl } from './commands.ts';

const IN_NAMESPACE = ['-n', 'k8s-upgrade'];

/** The marks of the run under way; none where there is no ConfigMap. */
export async function runMarks(): Promise<Readonly<Record<string, string>>> {
  const { data = {} } = await get<{ data?: Record<string, string> }>(
    'configmap',
    'k8s-upgrade-run-state',
    ...IN_NAMESPACE,
  );
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== ''));
}

/** The run that the namespace names as in flight. */
export const inFlight = async (): Promise<string> => (await runMarks())['in-flight'] ?? 'nobody';

export const throwKillSwitch = (reason: string): Promise<string> =>
  kubectl(...IN_NAMESPACE, 'create', 'configmap', 'k8s-upgrade-killswitch', `--from-literal=reason=${reason}`);
export const resetKillSwitch = (): Promise<unknown> =>
  tryKubectl(...IN_NAMESPACE, 'delete', 'configmap', 'k8s-upgrade-killswitch', '--ignore-not-found');

const LEASE = ['lease', 'k8s-upgrade', ...IN_NAMESPACE];

/** UID of the Workflow that holds the Lease; empty when there is no holder. */
export const leaseHolder = async (): Promise<string> =>
  (await get<{ spec: { holderIdentity?: string } }>(...LEASE)).spec.holderIdentity ?? '';

/** `free`, also where no run has held the Lease yet, or the run that holds it. */
export const leaseState = async (): Promise<string> =>
  (await tryKubectl('get', ...LEASE, '-o', 'jsonpath={.spec.holderIdentity}')).stdout.trim() || 'free';

/** The name of the Lease; empty when no run has held it yet. */
export const leaseName = async (): Promise<string> =>
  (await tryKubectl('get', ...LEASE, '-o', 'name', '--ignore-not-found')).stdout.trim();

/** Holds the Lease for steps by hand that work behind the fence, while `work` runs. */
export async function holdingLease(work: () => Promise<void>): Promise<void> {
  await apply({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'k8s-upgrade',
      namespace: 'k8s-upgrade',
      annotations: { 'argo-kubeadm-upgrade.io/holder-name': 'by-hand' },
    },
    spec: { holderIdentity: 'by-hand', renewTime: `${new Date().toISOString().slice(0, -1)}000Z` },
  });
  try {
    await work();
  } finally {
    await kubectl('delete', ...LEASE, '--ignore-not-found');
  }
}

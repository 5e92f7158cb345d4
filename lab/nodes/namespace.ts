import { get, must, run } from '../campaign/commands.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';

/** What the pipeline's namespace says of an upgrade under way, without the prefix. */
export async function namespaceAnnotations(): Promise<Readonly<Record<string, string>>> {
  const { metadata } = await get<{ metadata: { annotations?: Record<string, string> } }>('namespace', 'k8s-upgrade');
  const ours = Object.entries(metadata.annotations ?? {}).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

export const throwKillSwitch = (reason: string): Promise<string> =>
  must('lab/in-lab.sh', [
    ...['kubectl', '-n', 'k8s-upgrade', 'create', 'configmap', 'k8s-upgrade-killswitch'],
    `--from-literal=reason=${reason}`,
  ]);
export const resetKillSwitch = (): Promise<unknown> =>
  run('lab/in-lab.sh', [
    ...['kubectl', '-n', 'k8s-upgrade', 'delete', 'configmap', 'k8s-upgrade-killswitch', '--ignore-not-found'],
  ]);

/** UID of the Workflow that holds the Lease; empty when nobody does. */
export const leaseHolder = async (): Promise<string> =>
  (await get<{ spec: { holderIdentity?: string } }>('lease', 'k8s-upgrade', '-n', 'k8s-upgrade')).spec.holderIdentity ??
  '';

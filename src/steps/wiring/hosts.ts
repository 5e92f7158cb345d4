import { hostHealth } from '../adapters/host-health.ts';
import type { Hosts } from '../adapters/hosts.ts';
import { kubeadmFiles } from '../adapters/kubeadm-files.ts';
import { kubeadm } from '../adapters/kubeadm.ts';
import { nodeFiles } from '../adapters/node-files.ts';
import type { NodeFilesPort } from '../ports/compatibility.ts';
import type { HostHealthPort, KubeadmFilesPort, KubeadmPort } from '../ports/health.ts';

export const nodeFilesClient = (hosts: Hosts): NodeFilesPort => nodeFiles(hosts);

/** `snapshotDirectory`: where snapshots are kept on the nodes; `kubeadmPatches`: where patches of kubeadm are. */
export function hostClients(
  hosts: Hosts,
  inputs: { readonly snapshotDirectory: string | undefined; readonly kubeadmPatches: string | undefined },
): { readonly hostHealth: HostHealthPort; readonly kubeadm: KubeadmPort; readonly kubeadmFiles: KubeadmFilesPort } {
  return {
    hostHealth: hostHealth(hosts, inputs.snapshotDirectory),
    kubeadm: kubeadm(hosts.remote),
    kubeadmFiles: kubeadmFiles(hosts, inputs.kubeadmPatches),
  };
}

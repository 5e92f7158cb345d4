import { hostHealth } from '../adapters/host-health.ts';
import { kubeadmFiles } from '../adapters/kubeadm-files.ts';
import { kubeadm } from '../adapters/kubeadm.ts';
import { nodeFiles } from '../adapters/node-files.ts';
import type { NodeFilesPort } from '../ports/compatibility.ts';
import type { HostHealthPort, KubeadmFilesPort, KubeadmPort } from '../ports/health.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Remote } from '../ports/remote.ts';

/** What reads files and runs commands on the nodes. */
interface Hosts {
  readonly remote: Remote;
  readonly clock: Clock;
  readonly log: Log;
}

export const nodeFilesClient = ({ remote, clock, log }: Hosts): NodeFilesPort => nodeFiles(remote, clock, log);

/** `snapshotDirectory`: where snapshots are kept on the nodes; `kubeadmPatches`: where patches of kubeadm are. */
export function hostClients(
  { remote, clock, log }: Hosts,
  inputs: { readonly snapshotDirectory: string | undefined; readonly kubeadmPatches: string | undefined },
): { readonly hostHealth: HostHealthPort; readonly kubeadm: KubeadmPort; readonly kubeadmFiles: KubeadmFilesPort } {
  return {
    hostHealth: hostHealth(remote, clock, log, inputs.snapshotDirectory),
    kubeadm: kubeadm(remote),
    kubeadmFiles: kubeadmFiles(remote, clock, log, inputs.kubeadmPatches),
  };
}

import type { ClusterNode } from '../../upgrade/node/node.ts';
import { StepError } from '../runtime/step-error.ts';
import type { Log } from '../ports/log.ts';
import type { Remote } from '../ports/remote.ts';
import { hostsOf } from './observe.ts';

const TIMEOUT_SECONDS = 300;

/**
 * Removes backups of kubeadm on control-plane nodes that are older than an upgrade lasts: 145 of them once filled the disk of
 * etcd. It is the only change before the run holds the Lease. It needs no fence, because no process uses folders that old and
 * a second removal changes nothing. A failure on a node is logged; the check of its disk follows anyway.
 * Under the kill switch it removes nothing, because an operator may need the backups for a rollback.
 */
export async function prune(
  nodes: readonly ClusterNode[],
  remote: Remote,
  { keepDays, killSwitch }: { readonly keepDays: number; readonly killSwitch: string | undefined },
  log: Log,
): Promise<void> {
  if (killSwitch !== undefined) {
    log(`Old backups of kubeadm stay everywhere, the kill switch is set: ${killSwitch}`);
    return;
  }
  for (const host of hostsOf(nodes)) {
    try {
      const command = { script: pruneScript(keepDays), timeoutSeconds: TIMEOUT_SECONDS };
      const { exitCode, stdout, stderr } = await remote.run(host, command);
      const removed = stdout.split('\n').filter((line) => line !== '');
      if (exitCode !== 0)
        log(`Old backups of kubeadm stay on ${host.node}: ${stderr.trim() || `exit code ${exitCode}`}`);
      else if (removed.length > 0)
        log(`Removed ${removed.length} backups of kubeadm on ${host.node}, older than ${keepDays} days.`);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      log(`Old backups of kubeadm stay on ${host.node}: ${error.message}`);
    }
  }
}

const MINUTES_PER_DAY = 1440;

export const pruneScript = (keepDays: number): string =>
  [
    'set -eu',
    '# Old backups of kubeadm',
    'cd /etc/kubernetes/tmp 2> /dev/null || exit 0',
    // Days would be rounded down: -mtime +3 is four days.
    `find . -mindepth 1 -maxdepth 1 -type d '(' -name 'kubeadm-backup-*' -o -name 'kubeadm-upgraded-manifests*' ')' -mmin +${keepDays * MINUTES_PER_DAY} -print -exec rm -rf '{}' +`,
  ].join('\n');

import type { ClusterSettings } from '../settings/cluster.ts';

/** Namespace and name of the CronJob of snapshot.mode: built-in. */
export const BACKUP = 'k8s-upgrade-etcd-backup';

/** The CronJob that an upgrade takes its snapshot by; undefined where the operator wants none. */
export function cronJobOf({
  snapshot,
}: Pick<ClusterSettings, 'snapshot'>): { namespace: string; name: string } | undefined {
  switch (snapshot.mode) {
    case 'cron-job': {
      const [namespace = '', name = ''] = snapshot.cronJob.split('/');
      return { namespace, name };
    }
    case 'built-in':
      return { namespace: BACKUP, name: BACKUP };
    case 'none':
      return undefined;
  }
}

import type { ClusterSettings } from '../settings/cluster.ts';
import { parseObjectName, type ObjectName } from '../text/object-name.ts';

/** Namespace and name of the CronJob of snapshot.mode: built-in. */
export const BACKUP = 'k8s-upgrade-etcd-backup';

/** The CronJob that an upgrade takes its snapshot by; undefined where the operator wants none. */
export function cronJobOf({ snapshot }: Pick<ClusterSettings, 'snapshot'>): ObjectName | undefined {
  switch (snapshot.mode) {
    case 'cron-job':
      return parseObjectName(snapshot.cronJob);
    case 'built-in':
      return { namespace: BACKUP, name: BACKUP };
    case 'none':
      return undefined;
  }
}

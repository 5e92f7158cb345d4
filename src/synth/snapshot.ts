import { BACKUP } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** The CronJob that an upgrade takes its snapshot by; undefined where the operator wants none. */
export function cronJobOf({ snapshot }: ClusterSettings): { namespace: string; name: string } | undefined {
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

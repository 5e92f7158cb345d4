import type { ClusterSettings } from './settings.ts';

/** The CronJob that an upgrade takes its snapshot by; undefined where the operator wants none. */
export function cronJobOf({ snapshot }: ClusterSettings): { namespace: string; name: string } | undefined {
  const [namespace = '', name = ''] = snapshot.cronJob.split('/');
  return snapshot.mode === 'none' ? undefined : { namespace, name };
}

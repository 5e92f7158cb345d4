import { cronSchedule, seconds, timeZone, toggle } from './kinds.ts';
import { section, setting } from './kit.ts';

export const nightly = section(
  'nightly',
  'When the cluster looks for a newer version and, where the policy allows it, upgrades itself.',
  {
    schedule: setting(cronSchedule('0 23 * * *'), {
      default: '0 23 * * *',
      doc: 'Cron schedule of the nightly run, in nightly.timezone: minute, hour, day of the month, month, weekday (0 is Sunday). With maintenance.windows, it must fire inside one of them.',
    }),
    timezone: setting(timeZone, { default: 'UTC', doc: 'Time zone of nightly.schedule.' }),
    suspend: setting(toggle(), {
      default: false,
      doc: 'True: no nightly run starts. Manual runs still work. `argo cron suspend` pauses the nightly run without git.',
    }),
    startingDeadlineSeconds: setting(seconds(60), {
      default: 1800,
      doc: 'How late, in seconds, a missed nightly run may still start, for example after Argo was down.',
    }),
  },
);

import { cronSchedule, seconds, timeZone, toggle } from './kinds.ts';
import { section, setting } from './kit.ts';

export const report = section(
  'report',
  'The morning message: running version, target, what the gate says now, and the runs of the last 24 hours. It changes nothing.',
  {
    enabled: setting(toggle(), { default: true, doc: 'False: no report is rendered.' }),
    schedule: setting(cronSchedule('7 6 * * *'), {
      default: '7 6 * * *',
      doc: 'Cron schedule of the report, in report.timezone. Choose a time after the nightly run.',
    }),
    timezone: setting(timeZone, { default: 'UTC', doc: 'Time zone of report.schedule.' }),
    startingDeadlineSeconds: setting(seconds(60), {
      default: 1800,
      doc: 'How late, in seconds, a missed report may still start.',
    }),
  },
);

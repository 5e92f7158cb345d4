import { choice, listOf, plainText, recordsOf, seconds, text, timeZone } from './kinds.ts';
import { object, section, setting } from './kit.ts';

const timeOfDay = text({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  title: 'a time of day in quotes from 00:00 to 23:59, such as 23:00',
});

const date = text({ format: 'date', title: 'a day as YYYY-MM-DD, such as 2026-12-20' });

const window = object({
  days: setting(listOf(choice(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), { minItems: 1 }), {
    required: true,
    example: ['mon', 'tue'],
    doc: 'Days on which the window opens.',
  }),
  start: setting(timeOfDay, { required: true, example: '23:00', doc: 'Time at which the window opens.' }),
  end: setting(timeOfDay, {
    required: true,
    example: '06:00',
    doc: 'Time at which the window closes. An end at or before the start is on the next day. No node begins that would not be upgraded by then, as far as earlier upgrades tell.',
  }),
});

const freeze = object({
  from: setting(date, { required: true, example: '2026-12-20', doc: 'First day.' }),
  to: setting(date, { required: true, example: '2027-01-04', doc: 'Last day.' }),
  reason: setting(plainText('end of the quarter'), {
    required: true,
    example: 'holidays',
    doc: 'Reason, for people who read that a run was paused.',
  }),
});

export const maintenance = section(
  'maintenance',
  'When a node may begin. A run outside the maintenance window, or whose window closes, ends as paused. The next run resumes.',
  {
    timezone: setting(timeZone, { default: 'UTC', doc: 'Time zone of windows and freezes.' }),
    windows: setting(recordsOf(window), {
      default: [],
      example: [{ days: ['mon', 'tue'], start: '23:00', end: '06:00' }],
      doc: 'Windows in which a node may begin. Empty: at any time.',
    }),
    freezes: setting(recordsOf(freeze), {
      default: [],
      example: [{ from: '2026-12-20', to: '2027-01-04', reason: 'holidays' }],
      doc: 'Days on which no node begins, whatever the windows say.',
    }),
    assumedNodeSeconds: setting(seconds(60), {
      default: 2700,
      doc: 'How long, in seconds, the upgrade of a node is assumed to take while no earlier upgrade of its kind tells.',
    }),
  },
);

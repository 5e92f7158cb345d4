import { expect } from 'chai';
import { describe, it } from 'mocha';
import { scheduleProblem } from '../../src/cluster/schedule.ts';
import type { MaintenanceWindow } from '../../src/run/maintenance-window.ts';

const SATURDAY: MaintenanceWindow = { days: ['sat'], start: '01:00', end: '05:00' };

interface Case {
  cron: string;
  timezone?: string;
  suspend?: boolean;
  windows?: readonly MaintenanceWindow[];
  windowTimezone?: string;
  assumedNodeSeconds?: number;
}

const problem = ({ cron, timezone = 'UTC', suspend = false, ...rest }: Case): string | undefined =>
  scheduleProblem({
    nightly: { schedule: cron, timezone, suspend, startingDeadlineSeconds: 1800 },
    maintenance: {
      windows: [...(rest.windows ?? [SATURDAY])].map((window) => ({ ...window, days: [...window.days] })),
      timezone: rest.windowTimezone ?? 'UTC',
      freezes: [],
      assumedNodeSeconds: rest.assumedNodeSeconds ?? 2700,
    },
  });

describe('a nightly schedule and the maintenance windows', () => {
  it('are refused when no firing falls into a window, with a schedule that does', () => {
    expect(problem({ cron: '0 23 * * *' })).to.equal(
      'is 0 23 * * * (UTC) and never fires inside maintenance.windows (UTC) with 2700 s left for a node, expected to, such as 0 1 * * 6 with nightly.timezone: UTC',
    );
  });

  const MEETING: readonly (readonly [string, Case])[] = [
    ['it fires as the window opens', { cron: '0 1 * * 6' }],
    ['it fires with just enough time left', { cron: '15 4 * * 6' }],
    ['it fires on every day, also on the one of the window', { cron: '0 1 * * *' }],
    ['the day of the month falls on each weekday sooner or later', { cron: '0 1 29 2 *' }],
    ['either of day and weekday matches', { cron: '0 1 1 * 0' }],
    ['one of its hours is inside', { cron: '0 */2 * * *' }],
    [
      'the window lasts past midnight of Saturday',
      {
        cron: '30 1 * * 0',
        windows: [{ days: ['sat'], start: '23:00', end: '05:00' }],
      },
    ],
    [
      'the window lasts whole days',
      { cron: '59 23 * * 0', windows: [{ days: ['sun', 'mon'], start: '00:00', end: '00:00' }] },
    ],
    [
      'two windows meet, and the node fits into both together',
      {
        cron: '50 4 * * 6',
        windows: [SATURDAY, { days: ['sat'], start: '05:00', end: '06:00' }],
      },
    ],
    ['the clocks differ', { cron: '0 16 * * 5', windowTimezone: 'Asia/Tokyo' }],
    ['the clocks differ by half an hour', { cron: '45 19 * * 5', windowTimezone: 'Asia/Kolkata' }],
    ['summer time alone makes it meet', { cron: '0 23 * * 5', windowTimezone: 'Europe/Berlin' }],
    ['it fires on one day of the year, which is a Saturday once in 28 years', { cron: '0 1 29 2 *' }],
    [
      'one of several windows a day is met in summer alone',
      {
        cron: '30 22 * * *',
        windowTimezone: 'Europe/Berlin',
        windows: [0, 6, 12].map((hour) => ({
          days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
          start: `${String(hour).padStart(2, '0')}:30`,
          end: `${String(hour + 2).padStart(2, '0')}:00`,
        })),
      },
    ],
    ['nothing is ever closed', { cron: '0 23 * * *', windows: [] }],
    ['nothing is started by the schedule', { cron: '0 23 * * *', suspend: true }],
  ];
  for (const [name, given] of MEETING) {
    it(`are accepted when ${name}`, () => {
      expect(problem(given)).to.equal(undefined);
    });
  }

  const MISSING: readonly (readonly [string, Case])[] = [
    ['it fires as the window closes', { cron: '0 5 * * 6' }],
    ['a node would not be finished', { cron: '16 4 * * 6' }],
    ['it fires on the day before', { cron: '0 2 * * 5' }],
    ['the clock of the other time zone is ahead', { cron: '0 2 * * 6', windowTimezone: 'Asia/Tokyo' }],
    ['the day of the month meets no hour of the window', { cron: '0 6 13 * *' }],
    [
      'only summer time would make it meet, and it fires in February',
      { cron: '0 23 * 2 5', windowTimezone: 'Europe/Berlin' },
    ],
    [
      'the night in which summer time ends alone is long enough',
      {
        cron: '30 1 * * *',
        timezone: 'Europe/Berlin',
        windowTimezone: 'Europe/Berlin',
        windows: [{ days: ['sun'], start: '01:00', end: '04:00' }],
        assumedNodeSeconds: 10_800,
      },
    ],
  ];
  for (const [name, given] of MISSING) {
    it(`are refused when ${name}`, () => {
      expect(problem(given)).to.match(/^is .* and never fires inside maintenance\.windows/);
    });
  }

  it('tell a window that is too short once: its own message says so', () => {
    expect(problem({ cron: '0 1 * * 6', assumedNodeSeconds: 86_400 })).to.equal(undefined);
  });
});

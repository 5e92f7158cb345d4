import { expect } from 'chai';
import { describe, it } from 'mocha';
import { firingsOf, isCron, shortestGapSeconds, START_MS } from '../../src/cluster/cron.ts';

describe('a cron schedule', () => {
  const ACCEPTED = [
    ...['0 23 * * *', '*/15 9-17 * * 1-5', '5/15 * * * *', '1-10/3,45 * * * *', '00 09 * * *', '0,* * * * *'],
    ...['0 0 * * MON-fri', '0 0 * Jan,DEC *', '0 0 * * SUN/2', '0 0 29 2 *', '0 0 31 4 1', '59 23 31 12 6'],
  ];
  for (const cron of ACCEPTED)
    it(`may be ${cron}`, () => {
      expect(isCron(cron)).to.equal(true);
    });

  // Some of these croner alone understands, some robfig/cron alone. The two must never see two schedules in one text.
  const REFUSED: readonly (readonly [string, string])[] = [
    ['has four fields', '0 23 * *'],
    ['has seconds', '0 0 23 * * *'],
    ['has a year', '0 23 * * * 2026'],
    ['has two spaces', '0  23 * * *'],
    ['begins with a space', ' 0 23 * * *'],
    ['ends with a line feed', '0 23 * * *\n'],
    ['is nothing', ''],
    ['is a macro', '@daily'],
    ['is an interval', '@every 1h'],
    ['has a time zone', 'TZ=UTC 0 23 * * *'],
    ['calls Sunday 7', '0 0 * * 7'],
    ['ends its week with 7', '0 0 * * 1-7'],
    ['has a question mark', '0 0 ? * 1'],
    ['has the last day of a month', '0 0 L * *'],
    ['has the last Friday of a month', '0 0 * * 5L'],
    ['has the nearest weekday', '0 0 15W * *'],
    ['has the second Monday', '0 0 * * 1#2'],
    ['has a hash', 'H * * * *'],
    ['spells a weekday out', '0 0 * * sunday'],
    ['has a name where no name belongs', 'JAN 0 * * *'],
    ['has minute 60', '60 0 * * *'],
    ['has hour 24', '0 24 * * *'],
    ['has day 0', '0 0 0 * *'],
    ['has month 13 at the end of a range with steps', '0 0 * 6-13/8 *'],
    ['has a range that ends before it begins', '0 17-9 * * *'],
    ['has such a range beside a star', '0 *,17-9 * * *'],
    ['has a step of 0', '*/0 * * * *'],
    ['has a step that is longer than its field', '*/90 * * * *'],
    ['has an empty term', '1,,2 * * * *'],
    ['has a digit of another script', '٣ 0 * * *'],
    ['has a letter that only looks like a name without its case', '0 0 * * ſUN'],
    ['fires on no day', '0 0 30 2 *'],
    ['fires on no day of its months', '0 0 31 4,6 *'],
    ['is very long', `${'0,'.repeat(500)}0 * * * *`],
  ];
  for (const [name, cron] of REFUSED)
    it(`is refused when it ${name}`, () => {
      expect(isCron(cron)).to.equal(false);
    });

  const GAPS: Readonly<Record<string, number>> = {
    '0 23 * * *': 86_400,
    '* * * * *': 60,
    '*/7 * * * *': 240,
    '0 1,5,23 * * 1': 2 * 3600,
    '30 */6 1 * *': 6 * 3600,
    '0,50 12 29 2 *': 3000,
  };
  for (const [cron, seconds] of Object.entries(GAPS))
    it(`${cron} fires ${seconds} s apart at the least`, () => {
      expect(shortestGapSeconds(cron)).to.equal(seconds);
    });

  /** The moments, in UTC, of the first firings after 2026-01-01 00:00 UTC. */
  const firings = (cron: string, timezone = 'UTC', count = 3, after = START_MS): string[] => {
    const next = firingsOf({ cron, timezone });
    const found: string[] = [];
    for (let atMs = next(after); atMs !== undefined && found.length < count; atMs = next(atMs))
      found.push(new Date(atMs).toISOString().slice(0, 16));
    return found;
  };

  it('fires on the day and on the weekday when both are given, as robfig/cron does', () => {
    expect(firings('0 0 15 * 1')).to.deep.equal(['2026-01-05T00:00', '2026-01-12T00:00', '2026-01-15T00:00']);
    expect(firings('0 0 */16 * 1')).to.deep.equal(['2026-01-05T00:00', '2026-01-12T00:00', '2026-01-17T00:00']);
  });

  it('takes a field with a star among its terms, or with */1, for a star, as robfig/cron does', () => {
    const mondays = ['2026-01-05T00:00', '2026-01-12T00:00', '2026-01-19T00:00'];
    for (const day of ['*', '*/1', '1,*', '*,15']) expect(firings(`0 0 ${day} * 1`), day).to.deep.equal(mondays);
  });

  it('fires on leap days', () => {
    expect(firings('0 0 29 2 *')).to.deep.equal(['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']);
  });

  it('fires by the clock of its time zone, in winter and in summer', () => {
    const march = Date.UTC(2026, 2, 28);
    expect(firings('0 23 * * *', 'Europe/Berlin', 2, march)).to.deep.equal(['2026-03-28T22:00', '2026-03-29T21:00']);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { whyClosed, whyTooLong } from '../../src/run/admission.ts';
import {
  formatMoment,
  minutesOf,
  nextOpening,
  WEEKDAYS,
  windowState,
  type Freeze,
  type Maintenance,
  type MaintenanceWindow,
} from '../../src/run/maintenance-window.ts';
import { runs } from '../support/long.ts';

const at = (text: string): number => Date.parse(text);
const window = (days: string, start: string, end: string): MaintenanceWindow => ({
  days: days === 'daily' ? WEEKDAYS : (days.split(' ') as MaintenanceWindow['days']),
  ...{ start, end },
});
const of = (windows: readonly MaintenanceWindow[], timezone = 'UTC', freezes: readonly Freeze[] = []): Maintenance => ({
  ...{ timezone, windows, freezes },
});
const HOLIDAYS: Freeze = { from: '2026-12-20', to: '2027-01-04', reason: 'holidays' };

/** `open until …`, `opens …`, in UTC. */
function told(maintenance: Maintenance, now: string): string {
  const iso = (ms: number | undefined): string =>
    ms === undefined ? 'further notice' : new Date(ms).toISOString().slice(0, 16);
  const state = windowState(maintenance, at(now));
  return state.open ? `open until ${iso(state.untilMs)}` : `opens ${iso(state.opensAtMs)}`;
}

describe('a maintenance window', () => {
  const NIGHT = of([window('mon tue wed thu', '23:00', '06:00')]);
  const BERLIN = of([window('daily', '23:00', '06:00')], 'Europe/Berlin');
  const EARLY = of([window('sun', '02:30', '05:00')], 'Europe/Berlin');
  const TABLE: readonly [string, Maintenance, string, string][] = [
    ['is always open where there is none', of([]), '2026-11-24T12:00Z', 'open until further notice'],
    ['opens at its first minute', NIGHT, '2026-11-24T23:00Z', 'open until 2026-11-25T06:00'],
    ['is closed the minute before', NIGHT, '2026-11-24T22:59Z', 'opens 2026-11-24T23:00'],
    ['stays open over midnight', NIGHT, '2026-11-25T00:30Z', 'open until 2026-11-25T06:00'],
    ['is closed at its last minute', NIGHT, '2026-11-25T06:00Z', 'opens 2026-11-25T23:00'],
    ['goes by the day on which it opens', NIGHT, '2026-11-27T03:00Z', 'open until 2026-11-27T06:00'],
    ['waits over the weekend', NIGHT, '2026-11-27T06:00Z', 'opens 2026-11-30T23:00'],
    [
      'is one with the window that it meets',
      of([window('sat', '20:00', '00:00'), window('sun', '00:00', '04:00')]),
      '2026-11-28T21:00Z',
      'open until 2026-11-29T04:00',
    ],
    ['may be a whole day', of([window('sat', '00:00', '00:00')]), '2026-11-28T12:00Z', 'open until 2026-11-29T00:00'],
    [
      'comes once a week at the least',
      of([window('tue', '10:00', '11:00')]),
      '2026-11-24T11:00Z',
      'opens 2026-12-01T10:00',
    ],
    // Europe/Berlin: UTC+1, from 29 March to 25 October 2026 UTC+2.
    ['goes by the clock on the wall', BERLIN, '2026-11-24T21:59Z', 'opens 2026-11-24T22:00'],
    ['goes by it in summer, too', BERLIN, '2026-07-01T20:59Z', 'opens 2026-07-01T21:00'],
    [
      'is an hour shorter in the night in which summer time begins',
      BERLIN,
      '2026-03-28T22:00Z',
      'open until 2026-03-29T04:00',
    ],
    ['is an hour longer in the night in which it ends', BERLIN, '2026-10-24T21:00Z', 'open until 2026-10-25T05:00'],
    ['opens an hour later when the clock jumps over its start', EARLY, '2026-03-29T00:00Z', 'opens 2026-03-29T01:30'],
    ['opens the first time that the clock shows its start', EARLY, '2026-10-25T00:00Z', 'opens 2026-10-25T00:30'],
    [
      'is right where clocks go by the half hour',
      of([window('daily', '01:00', '02:00')], 'Asia/Kolkata'),
      '2026-11-24T19:29Z',
      'opens 2026-11-24T19:30',
    ],
    [
      'is right on the other side of midnight',
      of([window('tue', '01:00', '02:00')], 'Pacific/Auckland'),
      '2026-11-23T12:10Z',
      'open until 2026-11-23T13:00',
    ],
    [
      'is closed in a freeze, until after its last day',
      of([], 'UTC', [HOLIDAYS]),
      '2026-12-20T00:00Z',
      'opens 2027-01-05T00:00',
    ],
    ['closes when a freeze begins', of([], 'UTC', [HOLIDAYS]), '2026-12-19T23:59Z', 'open until 2026-12-20T00:00'],
    [
      'has its freezes in its own time zone',
      of([], 'Europe/Berlin', [HOLIDAYS]),
      '2026-12-19T22:59Z',
      'open until 2026-12-19T23:00',
    ],
    [
      'opens in the window that is open as a freeze ends',
      { ...NIGHT, freezes: [HOLIDAYS] },
      '2026-12-24T12:00Z',
      'opens 2027-01-05T00:00',
    ],
    [
      'leaves out windows that are frozen',
      { ...NIGHT, freezes: [{ ...HOLIDAYS, from: '2026-11-25', to: '2026-11-25' }] },
      '2026-11-24T12:00Z',
      'opens 2026-11-24T23:00',
    ],
    [
      'is cut short by a freeze',
      { ...NIGHT, freezes: [{ ...HOLIDAYS, from: '2026-11-25', to: '2026-11-25' }] },
      '2026-11-24T23:10Z',
      'open until 2026-11-25T00:00',
    ],
    [
      'opens in what a freeze leaves of it',
      { ...NIGHT, freezes: [{ ...HOLIDAYS, from: '2026-11-24', to: '2026-11-24' }] },
      '2026-11-24T23:10Z',
      'opens 2026-11-25T00:00',
    ],
    [
      'waits for the end of freezes that follow each other',
      of([], 'UTC', [HOLIDAYS, { ...HOLIDAYS, from: '2027-01-05', to: '2027-01-06' }]),
      '2026-12-24T00:00Z',
      'opens 2027-01-07T00:00',
    ],
  ];
  for (const [promise, maintenance, now, expected] of TABLE)
    it(promise, () => {
      expect(told(maintenance, now)).to.equal(expected);
    });

  it('is as long as the clock on the wall says', () => {
    expect(
      [window('mon', '23:00', '06:00'), window('mon', '00:00', '00:00'), window('mon', '01:00', '01:30')].map(
        minutesOf,
      ),
    ).to.deep.equal([420, 1440, 30]);
  });

  it('is told in its own time zone', () => {
    expect(formatMoment(at('2026-11-24T22:05Z'), 'Europe/Berlin')).to.equal('Tue 2026-11-24 23:05 Europe/Berlin');
    expect(formatMoment(at('2026-07-01T22:00Z'), 'Europe/Berlin')).to.equal('Thu 2026-07-02 00:00 Europe/Berlin');
  });

  const minutes = fc
    .nat(24 * 60 - 1)
    .map((all) => `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`);
  const anyWindow = fc.record({ days: fc.subarray([...WEEKDAYS], { minLength: 1 }), start: minutes, end: minutes });
  const day = fc.integer({ min: 0, max: 60 });
  const dateOf = (number: number): string => new Date(Date.UTC(2026, 9, 1 + number)).toISOString().slice(0, 10);
  const anyFreeze = fc
    .tuple(day, fc.nat(5))
    .map(([from, length]) => ({ from: dateOf(from), to: dateOf(from + length), reason: 'x' }));
  const anyMaintenance = fc.record({
    timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'),
    windows: fc.array(anyWindow, { maxLength: 3 }),
    freezes: fc.array(anyFreeze, { maxLength: 3 }),
  });
  const anyNow = fc
    .integer({ min: at('2026-10-01T00:00Z') / 60_000, max: at('2026-11-30T00:00Z') / 60_000 })
    .map((minute) => minute * 60_000);

  it('law: it is open when it is said to open, closed just before, and not open at its end', () => {
    fc.assert(
      fc.property(anyMaintenance, anyNow, (maintenance, now) => {
        const state = windowState(maintenance, now);
        if (state.open) {
          if (state.untilMs === undefined) return;
          expect(state.untilMs).to.be.greaterThan(now);
          expect(windowState(maintenance, state.untilMs - 1).open).to.equal(true);
          return;
        }
        expect(state.opensAtMs).to.be.greaterThan(now);
        expect(windowState(maintenance, state.opensAtMs).open).to.equal(true);
        expect(windowState(maintenance, state.opensAtMs - 1).open).to.equal(false);
      }),
      runs(300),
    );
  });

  it('law: the next opening of an open window is now', () => {
    fc.assert(
      fc.property(anyMaintenance, anyNow, (maintenance, now) => {
        if (windowState(maintenance, now).open) expect(nextOpening(maintenance, now)).to.equal(now);
      }),
    );
  });

  it('law: a node may always begin as its window opens, if all windows are as long as is assumed of it', () => {
    fc.assert(
      fc.property(
        anyMaintenance,
        anyNow,
        fc.option(fc.nat(200_000), { nil: undefined }),
        (maintenance, now, usualSeconds) => {
          // A window that a freeze or the begin of summer time cuts short may be too short for it.
          const whole = { ...maintenance, freezes: [], timezone: 'UTC' };
          const opens = nextOpening(whole, now);
          const assumedSeconds = Math.min(...whole.windows.map(minutesOf), 60) * 60;
          fc.pre(whole.windows.length > 0 && opens !== now);
          expect(whyTooLong('w1', { usualSeconds, assumedSeconds }, whole, opens)).to.equal(undefined);
        },
      ),
    );
  });
});

describe('why a node may not begin', () => {
  const night = of([window('daily', '23:00', '06:00')], 'Europe/Berlin');

  it('is the freeze, with its reason and its end', () => {
    expect(whyClosed({ ...night, freezes: [HOLIDAYS] }, at('2026-12-24T12:00Z'))).to.equal(
      'Frozen up to and including 2027-01-04 (holidays): nodes may begin again Tue 2027-01-05 00:00 Europe/Berlin.',
    );
  });

  it('is the window, with its next opening', () => {
    expect(whyClosed(night, at('2026-11-24T12:00Z'))).to.equal(
      'Outside the maintenance windows: the next one opens Tue 2026-11-24 23:00 Europe/Berlin.',
    );
    expect(whyClosed(night, at('2026-11-24T23:00Z'))).to.equal(undefined);
  });

  const ASSUMED = { usualSeconds: undefined, assumedSeconds: 2700 };
  const TABLE: readonly [string, Parameters<typeof whyTooLong>[1], string, string | undefined][] = [
    ['is nothing while it would be done in time', ASSUMED, '2026-11-25T04:15Z', undefined],
    [
      'is what is assumed of it, while nothing is known',
      ASSUMED,
      '2026-11-25T04:16Z',
      'w1 is assumed to take 45 min, and the maintenance window closes in 44 min, Wed 2026-11-25 06:00 Europe/Berlin. The next one opens Wed 2026-11-25 23:00 Europe/Berlin.',
    ],
    ['is nothing when it is known to be quick', { ...ASSUMED, usualSeconds: 600 }, '2026-11-25T04:50Z', undefined],
    [
      'is what it usually takes',
      { ...ASSUMED, usualSeconds: 7200 },
      '2026-11-25T04:00Z',
      'w1 usually takes 120 min, and the maintenance window closes in 60 min, Wed 2026-11-25 06:00 Europe/Berlin. The next one opens Wed 2026-11-25 23:00 Europe/Berlin.',
    ],
    [
      'is told in seconds when it is about seconds',
      { ...ASSUMED, usualSeconds: 100 },
      '2026-11-25T04:59Z',
      'w1 usually takes 100 s, and the maintenance window closes in 60 s, Wed 2026-11-25 06:00 Europe/Berlin. The next one opens Wed 2026-11-25 23:00 Europe/Berlin.',
    ],
    [
      'is not that no window is long enough for it',
      { ...ASSUMED, usualSeconds: 100_000 },
      '2026-11-24T22:00Z',
      undefined,
    ],
  ];
  for (const [promise, duration, now, expected] of TABLE)
    it(promise, () => {
      expect(whyTooLong('w1', duration, night, at(now))).to.equal(expected);
    });
});

import { expect } from 'chai';
import fc from 'fast-check';
import type { Alert, AlertScope } from '../../src/signals/alert-gate.ts';
import {
  baselineAnnotation,
  baselineOf,
  formatAlerts,
  formatBaseline,
  checkAlerts,
} from '../../src/signals/alert-check.ts';
import { known, notKnown } from '../../src/upgrade/reading.ts';

const SCOPE: AlertScope = { severities: [], ignore: [], gateLabel: 'upgrade_gate' };
const alert = (name: string, labels: Readonly<Record<string, string>> = {}): Alert => ({
  name,
  labels: { alertname: name, ...labels },
});
const kept = (run: string, alerts: readonly Alert[]) => ({ [baselineAnnotation('p/')]: formatBaseline(run, alerts) });
const read = (text: string) => baselineOf({ 'p/alert-baseline': text }, 'p/', 'r');

describe('news of alerts', () => {
  const [warning, info] = [alert('DiskSlow', { severity: 'warning' }), alert('Busy', { severity: 'info' })];

  it('are none where nobody is asked', () => {
    expect(checkAlerts(undefined, SCOPE, [], undefined)).to.deep.equal({ kind: 'off' });
  });
  it('are unknown without an answer, whatever fired before', () => {
    expect(checkAlerts(notKnown('away'), SCOPE, [warning], undefined)).to.deep.equal({
      kind: 'unknown',
      reason: 'away',
    });
  });
  it('are what is in scope and did not fire before', () => {
    expect(checkAlerts(known([warning, info]), SCOPE, [], undefined)).to.deep.equal({
      kind: 'firing',
      alerts: [warning],
    });
    expect(checkAlerts(known([warning, info]), SCOPE, [warning], undefined)).to.deep.equal({ kind: 'quiet' });
  });
  it('are told with a count where they are many', () => {
    const many = Array.from({ length: 12 }, (_, index) => alert(`A${index}`));
    expect(formatAlerts(many)).to.equal('A0; A1; A2; A3; A4; A5; A6; A7; A8; A9; and 2 more');
    expect(formatAlerts(many.slice(0, 10))).to.not.include('more');
  });
});

describe('the baseline of alerts', () => {
  const anyAlert = fc
    .record({ name: fc.string({ minLength: 1 }), labels: fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }) })
    .map(({ name, labels }) =>
      alert(name, Object.fromEntries(Object.entries(labels).filter(([k]) => k !== 'alertname'))),
    );

  it('law: is read as it was written, by the run that wrote it alone', () => {
    fc.assert(
      fc.property(fc.array(anyAlert, { maxLength: 5 }), (alerts) => {
        expect(baselineOf(kept('r', alerts), 'p/', 'r')).to.deep.equal(alerts);
        expect(baselineOf(kept('r', alerts), 'p/', 'other')).to.equal(undefined);
      }),
    );
  });

  it('fits into an annotation however many fire; what is left out counts as new', () => {
    const storm = Array.from({ length: 5000 }, (_, index) => alert('Storm', { pod: `web-${index}` }));
    const text = formatBaseline('r', storm);
    expect(text.length).to.be.lessThan(33_000);
    const before = read(text) ?? [];
    expect(before.length).to.be.within(100, 4999);
    expect(checkAlerts(known(storm), SCOPE, before, undefined).kind).to.equal('firing');
  });

  for (const text of [
    '',
    'null',
    '{}',
    '{"run":"r"}',
    '{"run":"r","alerts":[1]}',
    '{"run":"r","alerts":[{"a":"b"}]}',
    '{"run":',
  ])
    it(`is none when it reads ${text || 'nothing'}: then everything is news`, () => {
      expect(read(text)).to.equal(undefined);
    });
});

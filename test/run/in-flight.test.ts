import { expect } from 'chai';
import { gaugesKept, markOfBegin } from '../../src/run/in-flight.ts';

const P = 'p/';
const marks = (about: Readonly<Record<string, string>>) => ({ 'p/in-flight': 'run-2', 'p/started': '1000', ...about });

describe('the marks of a run in flight', () => {
  it('say which run, and since when', () => {
    expect(markOfBegin({}, P, 'run-2', 1_700_000_000_999)).to.deep.equal({
      'p/in-flight': 'run-2',
      'p/started': '1700000000',
    });
  });

  const BEFORE: readonly [string, Readonly<Record<string, string>>, string][] = [
    ['keep the first begin of the same run', marks({}), '1000'],
    ['begin anew after another run', marks({ 'p/in-flight': 'run-1' }), '2000'],
    ['begin anew when the first begin cannot be read', marks({ 'p/started': 'yesterday' }), '2000'],
    ['begin anew when nobody wrote it', { 'p/in-flight': 'run-2' }, '2000'],
  ];
  for (const [promise, annotations, started] of BEFORE)
    it(promise, () => {
      expect(markOfBegin(annotations, P, 'run-2', 2_000_000)['p/started']).to.equal(started);
    });

  const KEPT: readonly [string, Readonly<Record<string, string>>, object | undefined][] = [
    ['the begin, and no snapshot yet', marks({}), { startedAtMs: 1_000_000, snapshotTaken: false }],
    ['the snapshot', marks({ 'p/snapshot-path': '/b/etcd.db' }), { startedAtMs: 1_000_000, snapshotTaken: true }],
    ['no begin that cannot be read', marks({ 'p/started': '' }), { snapshotTaken: false }],
    ['nothing for another run', marks({ 'p/in-flight': 'run-1' }), undefined],
    ['nothing where nothing is in flight', {}, undefined],
  ];
  for (const [what, annotations, expected] of KEPT)
    it(`tell the gauges ${what}`, () => {
      expect(gaugesKept(annotations, P, 'run-2')).to.deep.equal(expected);
    });
});

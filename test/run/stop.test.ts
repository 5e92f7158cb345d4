import { expect } from 'chai';
import fc from 'fast-check';
import { formatRunStop, haltedBecause, runStopAnnotation, runStopOf, STOPS, stopsRun } from '../../src/run/stop.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';

describe('that a run begins no more nodes', () => {
  it('stands in one annotation under the prefix of the settings', () => {
    expect(runStopAnnotation(PREFIX)).to.equal('argo-kubeadm-upgrade.io/stopped');
    expect(formatRunStop({ run: 'r', verdict: 'pause', because: 'Frozen.' })).to.equal(
      '{"run":"r","verdict":"pause","because":"Frozen."}',
    );
  });

  it('law: what is written is read back the same, and by its own run only', () => {
    const any = fc.record(
      { run: fc.string(), verdict: fc.constantFrom(...STOPS), because: fc.string(), node: fc.string() },
      { requiredKeys: ['run', 'verdict', 'because'] },
    );
    fc.assert(
      fc.property(any, (stop) => {
        const annotations = { [`${PREFIX}stopped`]: formatRunStop(stop) };
        expect(runStopOf(annotations, PREFIX, stop.run)).to.deep.equal(stop);
        expect(runStopOf(annotations, PREFIX, `${stop.run}x`)).to.equal(undefined);
        expect(runStopOf({}, PREFIX, stop.run)).to.equal(undefined);
      }),
    );
  });

  it('is not said by what holds for one node alone', () => {
    const stop = { run: 'r', verdict: 'pause', because: 'w1 usually takes 230 min.' } as const;
    expect(stopsRun({ ...stop, node: 'w1' })).to.equal(undefined);
    expect(stopsRun(stop)).to.equal(stop);
  });

  it('is not said by a text that cannot be read: the next look thinks afresh', () => {
    for (const text of ['', 'null', '[]', '{"run":"r"}', '{"run":"r","verdict":"stop","because":"b"}'])
      expect(runStopOf({ [`${PREFIX}stopped`]: text }, PREFIX, 'r'), text).to.equal(undefined);
  });

  it('quotes the reason of the kill switch where there is one, and says how to go on', () => {
    expect(haltedBecause('disk swap')).to.equal(
      'Halted by the kill switch, ConfigMap k8s-upgrade/k8s-upgrade-killswitch (disk swap): no further node begins. To resume: kubectl -n k8s-upgrade delete configmap k8s-upgrade-killswitch',
    );
    expect(haltedBecause('')).to.equal(haltedBecause('disk swap').replace(' (disk swap)', ''));
  });
});

import { expect } from 'chai';
import { showInFlight } from '../../../src/steps/begin/act.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeGauges } from '../../support/fakes/gauges.ts';

describe('begin, on the gauges', () => {
  it('says that an upgrade is in flight since now, without a snapshot', async () => {
    const [gauges, clock] = [new FakeGauges(), new FakeClock()];
    await showInFlight(gauges, clock);
    expect(gauges.lines).to.deep.equal([
      'k8s_upgrade_blocked 0',
      'k8s_upgrade_failed 0',
      'k8s_upgrade_held 0',
      'k8s_upgrade_in_flight 1',
      `k8s_upgrade_progress_timestamp ${clock.now() / 1000}`,
      'k8s_upgrade_snapshot_taken 0',
      `k8s_upgrade_started_timestamp ${clock.now() / 1000}`,
    ]);
  });
});

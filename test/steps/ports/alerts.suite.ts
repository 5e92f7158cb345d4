import { expect } from 'chai';
import type { Alerts } from '../../../src/steps/ports/alerts.ts';
import { valueOf } from './compatibility.suite.ts';

export interface AlertsWorld {
  readonly alerts: Alerts;
  /** An alert of that name and those labels fires from now on. */
  fire(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  end(): Promise<void>;
}

export function describeAlerts(name: string, make: () => Promise<AlertsWorld>): void {
  describe(`Alerts: ${name}`, () => {
    let world: AlertsWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('knows that none fires', async () => {
      expect(valueOf(await world.alerts.firing())).to.deep.equal([]);
    });

    it('shows each alert that fires, with all of its labels', async () => {
      await world.fire('DiskSlow', { severity: 'warning', node: 'w1' });
      await world.fire('DiskSlow', { severity: 'warning', node: 'w2' });
      expect(valueOf(await world.alerts.firing())).to.have.deep.members([
        { name: 'DiskSlow', labels: { alertname: 'DiskSlow', severity: 'warning', node: 'w1' } },
        { name: 'DiskSlow', labels: { alertname: 'DiskSlow', severity: 'warning', node: 'w2' } },
      ]);
    });
  });
}

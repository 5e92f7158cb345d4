import { expect } from 'chai';
import type { History } from '../../../src/steps/ports/history.ts';
import type { RunEnd } from '../../../src/signals/gauges.ts';
import { v } from '../../support/builders.ts';

export interface HistoryWorld {
  readonly history: History;
  /** A run of that template that began at this moment and is under way. */
  addRun(name: string, template: string, startedAtMs: number): Promise<void>;
  /** Its detection worked at `endedAtMs` and named the target; its exit handler said the outcome. */
  endRun(name: string, endedAtMs: number, outcome: RunEnd, target: string): Promise<void>;
  end(): Promise<void>;
}

const AT_ONE = Date.UTC(2026, 10, 24, 1);
const AT_TWO = Date.UTC(2026, 10, 24, 2);

export function describeHistory(name: string, make: () => Promise<HistoryWorld>): void {
  describe(`History: ${name}`, () => {
    let world: HistoryWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('is empty where nothing ran', async () => {
      expect(await world.history.runs()).to.deep.equal([]);
    });

    it('knows of a run since when it is under way, and then how it ended', async () => {
      await world.addRun('nightly-1', 'k8s-upgrade', AT_ONE);
      const underWay = { name: 'nightly-1', startedAtMs: AT_ONE, succeeded: false };
      const open = { endedAtMs: undefined, outcome: undefined, target: undefined, checkedAtMs: undefined };
      expect(await world.history.runs()).to.deep.equal([{ ...underWay, ...open }]);
      await world.endRun('nightly-1', AT_TWO, 'upgraded', '1.34.10');
      const ended = { endedAtMs: AT_TWO, outcome: 'upgraded', target: v('1.34.10'), checkedAtMs: AT_TWO };
      expect(await world.history.runs()).to.deep.equal([{ ...underWay, ...ended, succeeded: true }]);
    });

    it('counts the runs for one node, and not the reports', async () => {
      await world.addRun('by-hand', 'k8s-upgrade-node', AT_ONE);
      await world.addRun('morning', 'k8s-upgrade-report', AT_TWO);
      expect((await world.history.runs()).map(({ name: each }) => each)).to.deep.equal(['by-hand']);
    });
  });
}

import { expect } from 'chai';
import type { Gauges } from '../../../src/steps/ports/gauges.ts';
import { gaugesAtBegin, gaugesAtEnd, RUN_ENDS, type LastRun, type VersionCheck } from '../../../src/signals/gauges.ts';
import { v } from '../../support/builders.ts';

export interface GaugesWorld {
  readonly gauges: Gauges;
  /** The gauges of another cluster at the same place. */
  readonly other: Gauges;
  /** What a Prometheus would read, sorted: `k8s_upgrade_available{kind="none",running="1.34.9",target="none"} 0`. */
  read(): Promise<readonly string[]>;
  readOther(): Promise<readonly string[]>;
  /** Restarts the server without its data. */
  forget(): Promise<void>;
  end(): Promise<void>;
}

const AT_ONE_S = 1_795_482_000;
const AT_ONE = AT_ONE_S * 1000 + 999;
const AN_HOUR = 3_600_000;

const BEGUN = [
  'k8s_upgrade_blocked 0',
  'k8s_upgrade_failed 0',
  'k8s_upgrade_held 0',
  'k8s_upgrade_in_flight 1',
  `k8s_upgrade_progress_timestamp ${AT_ONE_S}`,
  'k8s_upgrade_snapshot_taken 0',
  `k8s_upgrade_started_timestamp ${AT_ONE_S}`,
];
const PATCH: VersionCheck = { kind: 'patch', running: v('1.34.9'), target: v('1.34.10'), checkedAtMs: AT_ONE };
const NOTHING: VersionCheck = { kind: 'none', running: v('1.34.10'), target: undefined, checkedAtMs: AT_ONE + AN_HOUR };
const PATCH_THERE = [
  'k8s_upgrade_available{kind="patch",running="1.34.9",target="1.34.10"} 1',
  `k8s_version_check_last_run_timestamp ${AT_ONE_S}`,
];

const UPGRADED: LastRun = {
  ...{ result: 'upgraded', endedAtMs: AT_ONE },
  durations: {
    phases: new Map([
      ['detect', 9],
      ['drain', 61.5],
    ]),
    nodes: new Map([['worker-1', 3600]]),
  },
};
const results = (result: string): string[] =>
  RUN_ENDS.map((end) => `k8s_upgrade_last_run_result{result="${end}"} ${end === result ? 1 : 0}`).sort();
const UPGRADED_SAYS = [
  ...results('upgraded'),
  `k8s_upgrade_last_run_timestamp ${AT_ONE_S}`,
  'k8s_upgrade_node_duration_seconds{node="worker-1"} 3600',
  'k8s_upgrade_phase_duration_seconds{phase="detect"} 9',
  'k8s_upgrade_phase_duration_seconds{phase="drain"} 61.5',
];

export function describeGauges(name: string, make: () => Promise<GaugesWorld>): void {
  describe(`Gauges: ${name}`, () => {
    let world: GaugesWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('says of a run that has begun all that there is to say', async () => {
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      expect(await world.read()).to.deep.equal(BEGUN);
    });

    it('says the same when it is said twice', async () => {
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      expect(await world.read()).to.deep.equal(BEGUN);
    });

    it('keeps of a run that failed when it began and whether its snapshot was taken', async () => {
      await world.gauges.upgrade({ ...gaugesAtBegin(AT_ONE), snapshotTaken: true });
      await world.gauges.upgrade(gaugesAtEnd('failed', AT_ONE + AN_HOUR));
      expect(await world.read()).to.deep.equal([
        'k8s_upgrade_blocked 0',
        'k8s_upgrade_failed 1',
        'k8s_upgrade_held 0',
        'k8s_upgrade_in_flight 0',
        `k8s_upgrade_progress_timestamp ${AT_ONE_S + 3600}`,
        'k8s_upgrade_snapshot_taken 1',
        `k8s_upgrade_started_timestamp ${AT_ONE_S}`,
      ]);
    });

    it('lets no label set of the version check outlive the next one', async () => {
      await world.gauges.versionCheck(PATCH);
      expect(await world.read()).to.deep.equal(PATCH_THERE);
      await world.gauges.versionCheck(NOTHING);
      expect(await world.read()).to.deep.equal([
        'k8s_upgrade_available{kind="none",running="1.34.10",target="none"} 0',
        `k8s_version_check_last_run_timestamp ${AT_ONE_S + 3600}`,
      ]);
    });

    it('says of the last run how it ended, and how long it took in each phase and over each node', async () => {
      await world.gauges.lastRun(UPGRADED);
      expect(await world.read()).to.deep.equal(UPGRADED_SAYS);
    });

    it('lets no node and no phase of a run outlive the next one', async () => {
      await world.gauges.lastRun(UPGRADED);
      const durations = { phases: new Map([['detect', 8]]), nodes: new Map<string, number>() };
      await world.gauges.lastRun({ result: 'nothing-to-do', endedAtMs: AT_ONE + AN_HOUR, durations });
      expect(await world.read()).to.deep.equal([
        ...results('nothing-to-do'),
        `k8s_upgrade_last_run_timestamp ${AT_ONE_S + 3600}`,
        'k8s_upgrade_phase_duration_seconds{phase="detect"} 8',
      ]);
    });

    it('keeps the last run apart from the one under way', async () => {
      await world.gauges.lastRun(UPGRADED);
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      expect(await world.read()).to.deep.equal([...BEGUN, ...UPGRADED_SAYS].sort());
    });

    it('keeps runs and checks apart', async () => {
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      await world.gauges.versionCheck(PATCH);
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      expect(await world.read()).to.deep.equal([...BEGUN, ...PATCH_THERE].sort());
    });

    it('keeps two clusters apart, whatever each of them says', async () => {
      const { gauges, other } = world;
      await gauges.upgrade(gaugesAtBegin(AT_ONE));
      await gauges.versionCheck(PATCH);
      await gauges.lastRun(UPGRADED);
      const said = await world.read();
      expect(await world.readOther()).to.deep.equal([]);
      await other.upgrade(gaugesAtEnd('failed', AT_ONE + AN_HOUR));
      await other.versionCheck(NOTHING);
      await other.lastRun({ ...UPGRADED, result: 'failed', durations: { phases: new Map(), nodes: new Map() } });
      expect(await world.read()).to.deep.equal(said);
      expect(await world.readOther()).to.include('k8s_upgrade_failed 1');
    });

    it('is whole again with the first word after it forgot everything', async () => {
      await world.gauges.upgrade(gaugesAtEnd('blocked', AT_ONE));
      await world.forget();
      expect(await world.read()).to.deep.equal([]);
      await world.gauges.upgrade(gaugesAtBegin(AT_ONE));
      await world.gauges.versionCheck(PATCH);
      expect(await world.read()).to.deep.equal([...BEGUN, ...PATCH_THERE].sort());
    });
  });
}

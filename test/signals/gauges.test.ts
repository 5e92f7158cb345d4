import { expect } from 'chai';
import fc from 'fast-check';
import {
  GAUGES,
  gaugesAtBegin,
  gaugesAtEnd,
  RUN_STATES,
  upgradeSamples,
  versionCheckSamples,
  type RunEnd,
  type RunState,
  type Sample,
  type VersionCheck,
} from '../../src/signals/gauges.ts';
import { anyVersion, v } from '../support/builders.ts';
import { formatSample } from '../support/fakes/gauges.ts';

const AT_ONE_S = 1_795_482_000;
const AT_ONE = AT_ONE_S * 1000 + 999;
const told = (samples: readonly Sample[]): string[] => samples.map(formatSample);
const FLAGS = ['in_flight', 'blocked', 'held', 'failed'].map((name) => `k8s_upgrade_${name}`);
const flagsOf = (stand: RunState): number[] =>
  FLAGS.map(
    (flag) => upgradeSamples({ state: stand, progressAtMs: 0 }).find(({ gauge }) => gauge === flag)?.value ?? NaN,
  );
const anyStand = fc.constantFrom(...RUN_STATES);
const isEnd = (stand: RunState): stand is RunEnd => stand !== 'in-flight';

describe('the gauges of a run', () => {
  const TABLE: readonly [RunState, number, number, number, number][] = [
    // in_flight, blocked, held, failed
    ['in-flight', 1, 0, 0, 0],
    ['upgraded', 0, 0, 0, 0],
    ['nothing-to-do', 0, 0, 0, 0],
    ['detected', 0, 0, 0, 0],
    ['refused', 0, 0, 0, 0],
    ['paused', 0, 0, 0, 0],
    ['halted', 0, 0, 0, 0],
    ['blocked', 0, 1, 0, 0],
    ['held', 0, 0, 1, 0],
    ['failed', 0, 0, 0, 1],
    ['done', 0, 0, 0, 0],
  ];
  for (const [stand, ...flags] of TABLE)
    it(`${stand}: in_flight, blocked, held, failed are ${flags.join(', ')}`, () => {
      expect(flagsOf(stand)).to.deep.equal(flags);
    });

  it('are told of every way in which a run can stand', () => {
    expect(TABLE.map(([stand]) => stand)).to.deep.equal([...RUN_STATES]);
  });

  it('law: every push writes all four flags, and at most one of them is 1', () => {
    fc.assert(
      fc.property(anyStand, fc.nat(), fc.option(fc.nat(), { nil: null }), fc.boolean(), (stand, at, began, taken) => {
        const samples = upgradeSamples({ state: stand, progressAtMs: at, startedAtMs: began, snapshotTaken: taken });
        const flags = samples.filter(({ gauge }) => FLAGS.includes(gauge));
        expect(flags.map(({ gauge }) => gauge)).to.have.members(FLAGS);
        expect(flags.every(({ value }) => value === 0 || value === 1)).to.equal(true);
        expect(flags.filter(({ value }) => value === 1).length).to.be.at.most(1);
      }),
    );
  });

  it('law: whatever an end says, nothing is in flight after it', () => {
    for (const end of RUN_STATES.filter(isEnd))
      expect(told(upgradeSamples(gaugesAtEnd(end, AT_ONE))), end).to.include('k8s_upgrade_in_flight 0');
  });

  it('say at the begin that it began now, without a snapshot', () => {
    expect(told(upgradeSamples(gaugesAtBegin(AT_ONE)))).to.deep.equal([
      'k8s_upgrade_in_flight 1',
      'k8s_upgrade_blocked 0',
      'k8s_upgrade_held 0',
      'k8s_upgrade_failed 0',
      `k8s_upgrade_started_timestamp ${AT_ONE_S}`,
      'k8s_upgrade_snapshot_taken 0',
      `k8s_upgrade_progress_timestamp ${AT_ONE_S}`,
    ]);
  });

  for (const end of ['upgraded', 'nothing-to-do'] as const)
    it(`are all 0 when a run ends as ${end}, but for the moment`, () => {
      expect(told(upgradeSamples(gaugesAtEnd(end, AT_ONE)))).to.deep.equal([
        'k8s_upgrade_in_flight 0',
        'k8s_upgrade_blocked 0',
        'k8s_upgrade_held 0',
        'k8s_upgrade_failed 0',
        'k8s_upgrade_started_timestamp 0',
        'k8s_upgrade_snapshot_taken 0',
        `k8s_upgrade_progress_timestamp ${AT_ONE_S}`,
      ]);
    });

  for (const end of ['failed', 'halted', 'paused', 'blocked', 'held', 'refused', 'detected'] as const)
    it(`leave alone what they said of an upgrade that is not over, when a run ends as ${end}`, () => {
      const gauges = upgradeSamples(gaugesAtEnd(end, AT_ONE)).map(({ gauge }) => gauge);
      expect(gauges).to.have.members([...FLAGS, 'k8s_upgrade_progress_timestamp']);
    });
});

describe('the gauges of a version check', () => {
  const found = { running: v('1.34.9'), checkedAtMs: AT_ONE };
  const TABLE: readonly [string, VersionCheck, string][] = [
    [
      'a patch',
      { ...found, kind: 'patch', target: v('1.34.10') },
      'k8s_upgrade_available{kind="patch",running="1.34.9",target="1.34.10"} 1',
    ],
    [
      'a minor',
      { ...found, kind: 'minor', target: v('1.35.2') },
      'k8s_upgrade_available{kind="minor",running="1.34.9",target="1.35.2"} 1',
    ],
    [
      'that there is nothing',
      { ...found, kind: 'none', target: undefined },
      'k8s_upgrade_available{kind="none",running="1.34.9",target="none"} 0',
    ],
    [
      'that there is nothing, of a target that was not taken',
      { ...found, kind: 'none', target: v('1.34.10') },
      'k8s_upgrade_available{kind="none",running="1.34.9",target="none"} 0',
    ],
  ];
  for (const [what, check, available] of TABLE)
    it(`name ${what}, and when it was found`, () => {
      expect(told(versionCheckSamples(check))).to.deep.equal([
        available,
        `k8s_version_check_last_run_timestamp ${AT_ONE_S}`,
      ]);
    });

  it('law: there is one label set, 1 with a kind or 0 with kind="none", and never an empty label', () => {
    const anyCheck = fc.record({
      kind: fc.constantFrom('patch', 'minor', 'none'),
      running: anyVersion,
      target: fc.option(anyVersion, { nil: undefined }),
      checkedAtMs: fc.nat(),
    });
    fc.assert(
      fc.property(anyCheck, (check) => {
        const sets = versionCheckSamples(check).filter(({ gauge }) => gauge === 'k8s_upgrade_available');
        expect(sets).to.have.length(1);
        for (const { labels, value } of sets) {
          expect(Object.keys(labels)).to.have.members(['kind', 'running', 'target']);
          expect(Object.values(labels)).to.not.include('');
          expect(value).to.equal(labels['kind'] === 'none' ? 0 : 1);
        }
      }),
    );
  });
});

describe('the names of gauges', () => {
  it('are those that alert rules and dashboards go by', () => {
    expect(Object.keys(GAUGES)).to.have.members([
      ...FLAGS,
      'k8s_upgrade_started_timestamp',
      'k8s_upgrade_snapshot_taken',
      'k8s_upgrade_progress_timestamp',
      'k8s_upgrade_available',
      'k8s_version_check_last_run_timestamp',
      'k8s_upgrade_last_run_result',
      'k8s_upgrade_last_run_timestamp',
      'k8s_upgrade_phase_duration_seconds',
      'k8s_upgrade_node_duration_seconds',
    ]);
  });
});

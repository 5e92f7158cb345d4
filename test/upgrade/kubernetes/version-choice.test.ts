import { expect } from 'chai';
import fc from 'fast-check';
import { formatKubeVersion, formatMinor, isNewer } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { knownBad } from '../../../src/upgrade/kubernetes/releases.ts';
import {
  blockReasonOf,
  chooseMinor,
  choosePatch,
  nextMinorOf,
  type Choice,
  type VersionPolicy,
} from '../../../src/upgrade/kubernetes/version-choice.ts';
import { v } from '../../support/builders.ts';
import { runs } from '../../support/long.ts';

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const OPEN: VersionPolicy = { patchPolicy: 'auto', minorPolicy: 'auto', skipVersions: [], minimumReleaseAgeDays: 0 };

/** `take 1.34.10`, `hold 1.35.4`, `nothing`, `date 1.34.10`: the sentences are held by the tests of detect. */
function shortly(choice: Choice): string {
  switch (choice.kind) {
    case 'date':
      return `date ${formatKubeVersion(choice.of)}`;
    case 'nothing':
      return choice.final ? 'nothing, final' : 'nothing';
    case 'take':
    case 'hold':
      return `${choice.kind} ${formatKubeVersion(choice.target)}`;
  }
}

describe('the choice of a version', () => {
  type Row = readonly [
    offered: string,
    about: Partial<VersionPolicy>,
    ages: Record<string, number>,
    patch: string,
    minor: string,
  ];
  const TABLE: readonly Row[] = [
    ['', {}, {}, 'nothing', 'nothing'],
    ['1.34.9 1.34.8', {}, {}, 'nothing', 'nothing'],
    ['1.34.10 1.34.11 1.34.9', {}, {}, 'take 1.34.11', 'nothing'],
    ['1.35.1 1.35.10 1.35.2', {}, {}, 'nothing', 'take 1.35.10'],
    ['1.35.0', {}, {}, 'nothing', 'nothing'],
    ['1.36.0 1.33.99', {}, {}, 'nothing', 'nothing'],
    ['1.34.10 1.35.1', { patchPolicy: 'off' }, {}, 'nothing', 'take 1.35.1'],
    ['1.34.10 1.35.1', { minorPolicy: 'off' }, {}, 'take 1.34.10', 'nothing'],
    ['1.34.10 1.35.1', { minorPolicy: 'approve' }, {}, 'take 1.34.10', 'hold 1.35.1'],
    ['1.34.10 1.34.11 1.35.1', { skipVersions: ['1.34.11', '1.35.1'] }, {}, 'take 1.34.10', 'nothing'],
    ['1.34.10 1.35.1', { minimumReleaseAgeDays: 7 }, {}, 'date 1.34.10', 'date 1.35.1'],
    ['1.34.10 1.35.1', { minimumReleaseAgeDays: 7 }, { '1.34.10': 7, '1.35.1': 8 }, 'take 1.34.10', 'take 1.35.1'],
    ['1.34.10 1.35.1', { minimumReleaseAgeDays: 7 }, { '1.34.10': 6, '1.35.1': 0 }, 'nothing, final', 'nothing'],
    [
      '1.34.10 1.35.1 1.35.2',
      { minimumReleaseAgeDays: 7, patchPolicy: 'off', minorPolicy: 'approve' },
      { '1.35.2': 3, '1.35.1': 30 },
      'nothing',
      'hold 1.35.1',
    ],
  ];
  for (const [offered, about, ages, patch, minor] of TABLE)
    it(`from 1.34.9, of [${offered}] with ${JSON.stringify({ ...about, ages })}: ${patch}; ${minor}`, () => {
      const policy = { ...OPEN, ...about };
      const versions = offered.split(' ').filter(Boolean).map(v);
      const dates = new Map(Object.entries(ages).map(([version, days]) => [version, NOW - days * DAY]));
      expect(shortly(choosePatch(v('1.34.9'), versions, policy, { dates, nowMs: NOW }))).to.equal(patch);
      expect(shortly(chooseMinor(v('1.34.9'), versions, policy, { dates, nowMs: NOW }))).to.equal(minor);
    });

  it('bars what is skipped and what is known to be bad, and says what to do', () => {
    expect(blockReasonOf(v('1.34.9'), { skipVersions: ['1.34.9'] })).to.deep.equal({
      because: 'v1.34.9 is on policy.skipVersions.',
      remedy: 'Take it off that list first.',
    });
    expect(blockReasonOf(v('1.30.0'), { skipVersions: ['1.30.0'] })).to.deep.equal({
      because: knownBad(v('1.30.0')),
      remedy: 'Ask for a later patch of 1.30.',
    });
    expect(blockReasonOf(v('1.34.10'), { skipVersions: ['1.34.1'] })).to.equal(undefined);
  });

  it('counts minors as numbers', () => {
    expect(nextMinorOf(v('1.9.11'))).to.equal('1.10');
  });

  const anyVersion = fc
    .tuple(fc.integer({ min: 33, max: 36 }), fc.nat(12))
    .map(([minor, patch]) => v(`1.${minor}.${patch}`));
  const anyPolicy: fc.Arbitrary<VersionPolicy> = fc.record({
    patchPolicy: fc.constantFrom('auto', 'off'),
    minorPolicy: fc.constantFrom('auto', 'approve', 'off'),
    skipVersions: fc.array(anyVersion.map(formatKubeVersion)),
    minimumReleaseAgeDays: fc.constantFrom(0, 7),
  });
  const anyDates = fc
    .dictionary(anyVersion.map(formatKubeVersion), fc.option(fc.integer({ min: -3, max: 30 }), { nil: undefined }))
    .map((ages) => new Map(Object.entries(ages).map(([version, days]) => [version, days && NOW - days * DAY])));

  it('law: what is chosen is newer, no minor is skipped, nothing barred or too new is chosen', () => {
    fc.assert(
      fc.property(anyVersion, fc.array(anyVersion), anyPolicy, anyDates, (running, offered, policy, dates) => {
        const patch = choosePatch(running, offered, policy, { dates, nowMs: NOW });
        const minor = chooseMinor(running, offered, policy, { dates, nowMs: NOW });
        if ('target' in patch) expect(formatMinor(patch.target)).to.equal(formatMinor(running));
        if ('target' in minor) expect(formatMinor(minor.target)).to.equal(nextMinorOf(running));
        for (const choice of [patch, minor]) {
          if (!('target' in choice)) continue;
          const text = formatKubeVersion(choice.target);
          expect(isNewer(choice.target, running)).to.equal(true);
          expect(offered.map(formatKubeVersion)).to.include(text);
          expect(blockReasonOf(choice.target, policy)).to.equal(undefined);
          const { minimumReleaseAgeDays: days } = policy;
          if (days > 0) expect(dates.get(text) ?? NOW).to.be.at.most(NOW - days * DAY);
        }
      }),
      runs(1000),
    );
  });
});

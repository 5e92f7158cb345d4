import { expect } from 'chai';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import {
  endOfLife,
  KNOWN_BAD,
  knownBad,
  parseMinor,
  pastEndOfLife,
  RELEASES,
  tryParseMinor,
} from '../../../src/upgrade/kubernetes/releases.ts';

const version = parseKubeVersion;

describe('the releases', () => {
  it('are in order without a gap, each with dates and a source', () => {
    const minors = RELEASES.map(({ minor }) => parseMinor(minor));
    expect(minors).to.deep.equal(minors.map((_, place) => (minors[0] ?? 0) + place));
    for (const row of [...RELEASES, ...KNOWN_BAD]) {
      expect(row.source.url).to.match(/^https:\/\//);
      expect(row.source.date).to.match(/^\d{4}-\d{2}-\d{2}$/);
    }
    for (const { released, endOfLife: end } of RELEASES) {
      expect(released).to.match(/^\d{4}-\d{2}-\d{2}$/);
      expect((end ?? '9999') > released, released).to.equal(true);
    }
  });

  it('end on a day, and the day itself still counts', () => {
    expect(pastEndOfLife(version('1.34.9'), '2026-10-27')).to.equal(undefined);
    expect(pastEndOfLife(version('1.34.9'), '2026-11-23')).to.equal(
      'Kubernetes 1.34 gets no patches since 2026-10-27; upgrade to the next minor. See https://kubernetes.io/releases/patch-releases/',
    );
  });

  it('whose end is not published are not guessed at', () => {
    expect(pastEndOfLife(version('1.37.0'), '2099-01-01')).to.equal(undefined);
    expect(endOfLife(version('1.37.0'))).to.deep.equal({
      known: false,
      reason: '1.37 has no end of life in src/upgrade/kubernetes/releases.ts: none was published when it was reviewed',
    });
    expect(endOfLife(version('1.99.0'))).to.deep.equal({
      known: false,
      reason: '1.99 has no row in src/upgrade/kubernetes/releases.ts',
    });
    expect(endOfLife(version('1.36.2'))).to.deep.equal({ known: true, value: '2027-06-28' });
  });

  it('that are known to be bad are exactly these', () => {
    expect(knownBad(version('1.30.0'))).to.equal(
      'v1.30.0 is never chosen: its kubeadm upgrade is broken; take a later patch of 1.30. See https://github.com/kubernetes/kubernetes/issues/124046',
    );
    expect(knownBad(version('1.35.0'))).to.match(/1\.35\.1 put it right\. See .*kubeadm\/issues\/3279$/);
    for (const bad of ['1.29.0', '1.29.1', '1.29.2', '1.29.3', '1.29.4'])
      expect(knownBad(version(bad))).to.equal(
        `v${bad} is never chosen: its kubeadm upgrade fails in a cluster with an external CA; 1.29.5 put it right. See https://github.com/kubernetes/kubeadm/issues/3055`,
      );
    for (const good of ['1.28.15', '1.29.5', '1.30.1', '1.35.1', '1.36.0'])
      expect(knownBad(version(good))).to.equal(undefined);
  });

  it('are compared as numbers', () => {
    expect(parseMinor('1.10')).to.be.greaterThan(parseMinor('1.9'));
    for (const text of ['1', '1.', '2.36', 'v1.36', '1.36.1', '1.036', '1.x', ''])
      expect(tryParseMinor(text), text).to.equal(undefined);
    expect(() => parseMinor('1.x')).to.throw(RangeError, '"1.x" is not a Kubernetes minor of the form 1.36');
  });
});

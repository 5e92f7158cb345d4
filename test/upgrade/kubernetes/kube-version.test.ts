import { expect } from 'chai';
import fc from 'fast-check';
import {
  compareKubeVersions,
  formatKubeVersion,
  formatMinor,
  isNewer,
  kubeTag,
  newest,
  oldest,
  parseKubeVersion,
  sameMinor,
  sameVersion,
  tryParseKubeVersion,
} from '../../../src/upgrade/kubernetes/kube-version.ts';
import { anyVersion, v } from '../../support/builders.ts';

describe('a Kubernetes version', () => {
  const READ: readonly [string, string][] = [
    ['1.34.9', '1.34.9'],
    ['v1.34.9', '1.34.9'],
    ['v1.34.9+k3s1', '1.34.9'],
    ['1.9.0', '1.9.0'],
    ['1.34.10+build.7', '1.34.10'],
  ];
  for (const [text, version] of READ)
    it(`reads ${text} as ${version}`, () => {
      expect(formatKubeVersion(parseKubeVersion(text))).to.equal(version);
    });

  const REFUSED = [
    ...['', '1', '1.34', '1.34.9.1', '1.34.x', '01.34.9', '1.34.09', '-1.34.9', 'vv1.34.9', 'V1.34.9', '=1.34.9'],
    ...[
      '1.35.0-rc.1',
      'v1.35.0-alpha.0',
      '1.34.9-1.1',
      ' 1.34.9',
      '1.34.9\n',
      '1.34.9; reboot',
      '{{target}}',
      'latest',
    ],
    '1.34.99999999999999999999',
  ];
  for (const text of REFUSED)
    it(`takes ${JSON.stringify(text)} for no released version`, () => {
      expect(tryParseKubeVersion(text)).to.equal(undefined);
    });

  it('says what was seen and what it expected', () => {
    expect(() => parseKubeVersion('1.34')).to.throw(
      RangeError,
      /^"1\.34" is not a Kubernetes version of the form 1\.34\.9$/,
    );
  });

  it('is written as packages, tags and folders spell it', () => {
    expect([formatKubeVersion(v('1.34.10')), kubeTag(v('1.34.10')), formatMinor(v('1.34.10'))]).to.deep.equal([
      '1.34.10',
      'v1.34.10',
      '1.34',
    ]);
  });

  it('orders by number, not by text: 1.9 before 1.10, patch 9 before patch 10', () => {
    expect(isNewer(v('1.10.0'), v('1.9.11'))).to.equal(true);
    expect(isNewer(v('1.34.10'), v('1.34.9'))).to.equal(true);
    expect(isNewer(v('2.0.0'), v('1.99.99'))).to.equal(true);
    expect(isNewer(v('1.34.9'), v('1.34.9'))).to.equal(false);
  });

  it('shares a minor only within the same major', () => {
    expect(sameMinor(v('1.34.9'), v('1.34.10'))).to.equal(true);
    expect(sameMinor(v('1.34.9'), v('1.35.9'))).to.equal(false);
    expect(sameMinor(v('1.34.9'), v('2.34.9'))).to.equal(false);
  });

  it('has no newest and no oldest among none', () => {
    expect([newest([]), oldest([])]).to.deep.equal([undefined, undefined]);
  });

  describe('laws', () => {
    it('what is written is read back the same, with or without v, whatever the build', () => {
      fc.assert(
        fc.property(anyVersion, fc.constantFrom('', '+b', '+k3s.1'), (version, build) => {
          expect(parseKubeVersion(formatKubeVersion(version) + build)).to.deep.equal(version);
          expect(parseKubeVersion(kubeTag(version) + build)).to.deep.equal(version);
        }),
      );
    });

    it('the order is total: exactly one of older, same and newer; and it carries over', () => {
      fc.assert(
        fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
          expect([isNewer(a, b), isNewer(b, a), sameVersion(a, b)].filter(Boolean)).to.have.length(1);
          expect(Math.sign(compareKubeVersions(a, b))).to.equal(0 - Math.sign(compareKubeVersions(b, a)));
          if (isNewer(a, b) && isNewer(b, c)) expect(isNewer(a, c)).to.equal(true);
        }),
      );
    });

    it('newest and oldest are of the list, nothing lies outside them, and the list is left as it was', () => {
      fc.assert(
        fc.property(fc.array(anyVersion, { minLength: 1 }), (versions) => {
          const before = structuredClone(versions);
          const [top, bottom] = [newest(versions), oldest(versions)];
          expect(versions).to.deep.equal(before).and.to.deep.include(top).and.to.deep.include(bottom);
          expect(versions.some((each) => isNewer(each, top ?? each) || isNewer(bottom ?? each, each))).to.equal(false);
        }),
      );
    });
  });
});

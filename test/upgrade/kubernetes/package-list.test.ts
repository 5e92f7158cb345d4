import { expect } from 'chai';
import fc from 'fast-check';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { parseMadison, parsePackages } from '../../../src/upgrade/kubernetes/package-list.ts';

const kubeadmIn = (output: string): string[] => parseMadison(output, 'kubeadm').map(formatKubeVersion);

describe('the list of apt-cache madison', () => {
  it('is read as the package server writes it', () => {
    const url = 'https://pkgs.k8s.io/core:/stable:/v1.34/deb';
    const output = `   kubeadm | 1.34.10-1.1 | ${url}  Packages\n   kubeadm |  1.34.9-1.1 | ${url}  Packages\n`;
    expect(kubeadmIn(output)).to.deep.equal(['1.34.10', '1.34.9']);
  });

  const TABLE: readonly [string, string, readonly string[]][] = [
    ['drops the revision of the package', 'kubeadm | 1.34.9-1.1 | u', ['1.34.9']],
    [
      'takes a rebuilt package for the same release',
      'kubeadm | 1.34.9-2.1 | u\nkubeadm | 1.34.9-1.1 | u',
      ['1.34.9', '1.34.9'],
    ],
    ['reads the revisions of the old repository', 'kubeadm | 1.28.2-00 | u', ['1.28.2']],
    ['reads a version without a revision', 'kubeadm | 1.34.9 | u', ['1.34.9']],
    ['keeps 1.9 and 1.10 apart', 'kubeadm | 1.9.11-1.1 | u\nkubeadm | 1.10.0-1.1 | u', ['1.9.11', '1.10.0']],
    ['passes over other packages', 'kubelet | 1.34.9-1.1 | u\nkubeadm-extra | 1.34.8-1.1 | u', []],
    ['passes over pre-releases', 'kubeadm | 1.35.0~rc.1-1.1 | u\nkubeadm | 1.35.0-rc.1-1.1 | u', []],
    ['does not read a pre-release without a revision as its release', 'kubeadm | 1.35.0-rc.1 | u', []],
    [
      'passes over garbage',
      'N: Unable to locate package kubeadm\n\n|||\nkubeadm\nkubeadm | | u\nkubeadm | abc | u',
      [],
    ],
    ['makes nothing of nothing', '', []],
  ];
  for (const [promise, output, versions] of TABLE)
    it(promise, () => {
      expect(kubeadmIn(output)).to.deep.equal(versions);
    });
});

describe('the Packages file of a repository', () => {
  const stanza = (...lines: string[]): string => ['Package: kubeadm', ...lines, '', ''].join('\n');
  const of = (version: string, file = ''): string =>
    stanza(`Version: ${version}`, ...(file === '' ? [] : [`Filename: ${file}`]));
  /** `1.34.9 file`, or what stands for no list at all. */
  const read = (text: string): readonly string[] | undefined =>
    parsePackages(text, 'kubeadm')?.map(({ version, file = '' }) => `${formatKubeVersion(version)} ${file}`.trim());

  const TABLE: readonly [string, string, readonly string[] | undefined][] = [
    ['gives the releases, oldest first', of('1.34.10-1.1') + of('1.34.9-1.1'), ['1.34.9', '1.34.10']],
    ['keeps 1.9 and 1.10 apart', of('1.10.0-1.1') + of('1.9.11-1.1'), ['1.9.11', '1.10.0']],
    [
      'gives the newest revision of a release, compared as numbers',
      of('1.34.9-1.1', 'a') + of('1.34.9-2.1', 'b') + of('1.34.9-1.10', 'c'),
      ['1.34.9 b'],
    ],
    ['does not compare revisions as texts', of('1.34.9-1.9', 'a') + of('1.34.9-1.10', 'b'), ['1.34.9 b']],
    [
      'gives a release once for all architectures',
      of('1.34.9-1.1', 'arm64/k') + of('1.34.9-1.1', 'amd64/k'),
      ['1.34.9 amd64/k'],
    ],
    [
      'passes over other packages',
      stanza('Version: 1.34.9-1.1').replace('kubeadm', 'kubelet') + of('1.34.8-1.1'),
      ['1.34.8'],
    ],
    [
      'passes over packages that are only called alike',
      of('1.34.8-1.1') + of('1.34.9-1.1').replace('kubeadm', 'kubeadm-x'),
      ['1.34.8'],
    ],
    [
      'takes no word of a description for a package',
      'Package: x\nDescription: y\n Package: kubeadm\nVersion: 1.34.9-1.1\n',
      undefined,
    ],
    ['passes over pre-releases', of('1.35.0~rc.1-1.1') + of('1.35.0-beta.0') + of('1.34.9-1.1'), ['1.34.9']],
    ['is empty when only pre-releases are there', of('1.35.0~rc.1-1.1'), []],
    [
      'is read with the line ends of other systems',
      (of('1.34.9-1.1') + of('1.34.10-1.1')).replaceAll('\n', '\r\n'),
      ['1.34.9', '1.34.10'],
    ],
    [
      'is read whatever the case of its fields and the space around',
      'PACKAGE:kubeadm  \nversion:\t1.34.9-1.1\n \n',
      ['1.34.9'],
    ],
    [
      'is no list without a stanza of the package',
      stanza('Version: 1.34.9-1.1').replace('kubeadm', 'kubelet'),
      undefined,
    ],
    ['is no list when no stanza has a version that can be read', stanza() + of('abc') + of('1.34'), undefined],
    ['is no list when it is empty', '', undefined],
    ['is no list when it is a page', '<html><body>Package: kubeadm</body></html>', undefined],
  ];
  for (const [promise, text, releases] of TABLE)
    it(promise, () => {
      expect(read(text)).to.deep.equal(releases);
    });

  it('gives the same whatever the order of its stanzas', () => {
    const stanzas = ['1.34.9-1.1', '1.34.9-2.1', '1.34.10-1.1', '1.9.0-1.1'].flatMap((version) =>
      ['amd64', 'arm64'].map((arch) => of(version, `${arch}/${version}`)),
    );
    const whole = read(stanzas.join(''));
    fc.assert(
      fc.property(fc.shuffledSubarray(stanzas, { minLength: stanzas.length }), (shuffled) => {
        expect(read(shuffled.join(''))).to.deep.equal(whole);
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => parsePackages(`Package: kubeadm\nVersion: ${text}`, 'kubeadm')).to.not.throw();
      }),
    );
  });
});

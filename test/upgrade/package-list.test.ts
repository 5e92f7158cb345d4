import { expect } from 'chai';
import { formatKubeVersion } from '../../src/upgrade/kube-version.ts';
import { parseMadison } from '../../src/upgrade/package-list.ts';

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

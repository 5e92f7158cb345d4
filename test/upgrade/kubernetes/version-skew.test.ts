import { expect } from 'chai';
import fc from 'fast-check';
import { isNewer } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { judgeHop, kubeletAheadOf } from '../../../src/upgrade/kubernetes/version-skew.ts';
import { anyVersion, v } from '../../support/builders.ts';

const POLICY = 'https://kubernetes.io/releases/version-skew-policy/';

describe('the version skew policy', () => {
  const ALLOWED: readonly [string, string, 'patch' | 'minor'][] = [
    ['1.34.9', '1.34.10', 'patch'],
    ['1.34.9', '1.34.9', 'patch'],
    ['1.34.9', '1.34.30', 'patch'],
    ['1.34.9', '1.35.0', 'minor'],
    ['1.9.11', '1.10.0', 'minor'],
  ];
  for (const [from, to, kind] of ALLOWED)
    it(`lets ${from} go to ${to}: a ${kind}`, () => {
      expect(judgeHop(v(from), v(to))).to.deep.equal({ allowed: true, kind });
    });

  const REFUSED: readonly [string, string, string][] = [
    [
      '1.33.4',
      '1.35.0',
      `v1.35.0 is 2 minors ahead of v1.33.4; kubeadm moves at most 1 minor forward at a time. See ${POLICY}`,
    ],
    ['1.34.10', '1.34.9', 'v1.34.9 is older than the running v1.34.10; kubeadm does not downgrade.'],
    ['1.10.0', '1.9.11', 'v1.9.11 is older than the running v1.10.0; kubeadm does not downgrade.'],
    ['1.34.9', '2.34.9', 'v2.34.9 is another major version than v1.34.9; no upgrade crosses that.'],
    ['2.0.0', '1.35.0', 'v1.35.0 is older than the running v2.0.0; kubeadm does not downgrade.'],
  ];
  for (const [from, to, because] of REFUSED)
    it(`does not let ${from} go to ${to}, and says why`, () => {
      expect(judgeHop(v(from), v(to))).to.deep.equal({ allowed: false, because });
    });

  it('keeps a kubelet from overtaking the oldest API server', () => {
    expect(kubeletAheadOf(v('1.34.9'), v('1.34.10'), 'w1')).to.equal(
      `w1 cannot go to 1.34.10 yet: the oldest API server is 1.34.9, and a kubelet must not be newer. Upgrade the control plane first. See ${POLICY}`,
    );
    expect(kubeletAheadOf(v('1.34.10'), v('1.34.10'), 'w1')).to.equal(undefined);
    expect(kubeletAheadOf(v('1.35.0'), v('1.34.10'), 'w1')).to.equal(undefined);
  });

  it('law: no allowed hop goes back, crosses a major, or skips a minor', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (from, to) => {
        const hop = judgeHop(from, to);
        const fine = !isNewer(from, to) && from.major === to.major && to.minor - from.minor <= 1;
        expect(hop.allowed).to.equal(fine);
        if (hop.allowed) expect(hop.kind).to.equal(from.minor === to.minor ? 'patch' : 'minor');
      }),
    );
  });
});

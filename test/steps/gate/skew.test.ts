import { expect } from 'chai';
import { judgeSkew } from '../../../src/steps/gate/skew.ts';
import { formatFinding } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known } from '../../../src/upgrade/reading.ts';
import { apiServersApart, kubeletSkew } from '../../../src/upgrade/kubernetes/version-skew.ts';
import { cluster } from './build.ts';

const version = parseKubeVersion;

describe('the skew policy', () => {
  const KUBELETS: readonly [kubelet: string, apiServer: string, needed: string | undefined][] = [
    ['1.36.0', '1.36.9', undefined],
    ['1.33.9', '1.36.0', undefined],
    ['1.32.9', '1.36.0', 'a kubelet v1.32.9 at most 3 minors behind'],
    ['1.25.0', '1.28.0', undefined],
    ['1.24.17', '1.26.0', undefined],
    ['1.24.17', '1.27.0', 'a kubelet v1.24.17 at most 2 minors behind'],
    ['1.9.0', '1.10.0', undefined],
    ['1.37.0', '1.36.4', 'no kubelet newer than the oldest API server'],
  ];
  for (const [kubelet, apiServer, needed] of KUBELETS)
    it(`${needed === undefined ? 'allows' : 'refuses'} kubelet ${kubelet} with API server ${apiServer}`, () => {
      expect(kubeletSkew(version(kubelet), version(apiServer))?.needed).to.equal(needed);
    });

  it('keeps API servers within one minor', () => {
    expect(apiServersApart([])).to.equal(undefined);
    expect(apiServersApart([version('1.34.1'), version('1.35.0'), version('1.34.9')])).to.equal(undefined);
    expect(apiServersApart([version('1.10.1'), version('1.9.0')])).to.equal(undefined);
    expect(apiServersApart([version('1.35.1'), version('1.33.4'), version('1.34.0')])).to.deep.equal({
      found: 'v1.33.4 beside v1.35.1, 2 minors apart',
      needed: 'API servers at most 1 minor apart',
      remedy:
        'Bring the oldest forward by hand, one minor at a time. See https://kubernetes.io/releases/version-skew-policy/',
    });
  });

  it('keeps nobody back because a worker says that its kubelet is newer than the target', () => {
    const facts = cluster('1.34.9');
    const nodes = facts.nodes.map((node) => (node.name === 'w-1' ? { ...node, kubelet: version('1.35.4') } : node));
    expect(judgeSkew({ ...facts, nodes }, version('1.34.10')).map(formatFinding)).to.deep.equal([
      '[warning: skew-kubelet] kubelet on w-1: found kubelet v1.35.4 with an API server at v1.34.10; needed no kubelet newer than the oldest API server. Upgrade the control plane first. See https://kubernetes.io/releases/version-skew-policy/',
    ]);
  });

  it('warns of a kubelet that is newer than its own API server and not newer than the target', () => {
    const facts = cluster('1.34.9', { apiServers: known([{ node: 'cp-1', version: version('1.34.9') }]) });
    const nodes = facts.nodes.map((node) => (node.name === 'cp-1' ? { ...node, kubelet: version('1.35.2') } : node));
    expect(judgeSkew({ ...facts, nodes }, version('1.35.2')).map(formatFinding)).to.deep.equal([
      "[warning: skew-kubelet] kubelet on cp-1: found kubelet v1.35.2 with its API server at v1.34.9; needed no kubelet newer than its API server. Something else upgraded the package kubelet, as happens when it is not held (on cp-1: apt-mark showhold kubelet). Drain cp-1, then go back there (apt-get install -y --allow-downgrades --allow-change-held-packages 'kubelet=1.34.9-*' && apt-mark hold kubelet && systemctl daemon-reload && systemctl restart kubelet), or let this upgrade correct it.",
    ]);
  });

  it('is said in full, with its link', () => {
    const facts = cluster('1.31.2', {
      apiServers: known([
        { node: 'cp-1', version: version('1.34.0') },
        { node: 'cp-2', version: version('1.36.0') },
      ]),
    });
    expect(judgeSkew({ ...facts, nodes: facts.nodes.slice(1) }, version('1.35.1')).map(formatFinding)).to.deep.equal([
      '[actionable: skew-hop] the cluster: found v1.31.2; needed a target that is one hop away, not v1.35.1. v1.35.1 is 4 minors ahead of v1.31.2; kubeadm moves at most 1 minor forward at a time. See https://kubernetes.io/releases/version-skew-policy/',
      '[actionable: skew-kubelet] kubelet on w-1: found kubelet v1.31.2, 4 minors behind an API server at v1.35.1; needed a kubelet v1.31.2 at most 3 minors behind. Upgrade this kubelet first, one minor at a time. See https://kubernetes.io/releases/version-skew-policy/',
      '[actionable: skew-hop] API server on cp-2: found v1.36.0; needed a target that is one hop away, not v1.35.1. v1.35.1 is older than the running v1.36.0; kubeadm does not downgrade.',
      '[actionable: skew-api-servers] the API servers: found v1.34.0 beside v1.36.0, 2 minors apart; needed API servers at most 1 minor apart. Bring the oldest forward by hand, one minor at a time. See https://kubernetes.io/releases/version-skew-policy/',
    ]);
  });
});

import { expect } from 'chai';
import type { UntestedPolicy } from '../../../src/upgrade/gate/addons/judge.ts';
import { CONTAINERD_FLOORS, CONTAINERD_TESTED, judgeRuntime } from '../../../src/upgrade/gate/boundary/containerd.ts';
import { formatFinding, type FindingClass, type FindingCode } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';

const judge = (runtime: string, target: string, untested: UntestedPolicy = 'warn') =>
  judgeRuntime([{ name: 'w-1', runtime }], parseKubeVersion(`${target}.1`), untested);

describe('the runtime', () => {
  const TABLE: readonly [string, string, UntestedPolicy, FindingClass | 'nothing', FindingCode?][] = [
    ['containerd://1.7.28', '1.35', 'block', 'nothing'],
    ['containerd://1.7.27', '1.35', 'warn', 'warning', 'runtime-untested'],
    ['containerd://1.7.27', '1.35', 'block', 'actionable', 'runtime-untested'],
    ['containerd://1.7.28-0ubuntu1', '1.35', 'block', 'nothing'],
    ['containerd://1.7.24~ds1', '1.33', 'block', 'nothing'],
    ['containerd://2.1.4', '1.35', 'warn', 'warning', 'runtime-untested'],
    ['containerd://2.3.0', '1.35', 'block', 'nothing'],
    ['containerd://1.7.30', '1.36', 'warn', 'warning', 'runtime-untested'],
    ['containerd://2.0.9', '1.36', 'warn', 'warning', 'runtime-untested'],
    ['containerd://2.10.0', '1.36', 'block', 'nothing'],
    ['containerd://2.3.4', '1.37', 'warn', 'warning', 'runtime-untested'],
    ['containerd://2.3.4', '1.37', 'block', 'waiting', 'runtime-untested'],
    ['containerd://1.7.30', '1.38', 'warn', 'actionable', 'runtime-floor'],
    ['containerd://1.7.30', '1.39', 'warn', 'actionable', 'runtime-floor'],
    ['containerd://2.0.0', '1.38', 'warn', 'warning', 'runtime-untested'],
    ['cri-o://1.34.2', '1.36', 'block', 'warning', 'runtime-no-row'],
    ['containerd://', '1.36', 'warn', 'unknown', 'runtime-unknown'],
    ['containerd://Unknown', '1.36', 'warn', 'unknown', 'runtime-unknown'],
    ['', '1.36', 'warn', 'unknown', 'runtime-unknown'],
  ];
  for (const [runtime, target, untested, kind, code] of TABLE)
    it(`${runtime || '(none)'} with target ${target}, untested: ${untested}: ${kind}`, () => {
      expect(judge(runtime, target, untested).map((each) => [each.class, each.code])).to.deep.equal(
        kind === 'nothing' ? [] : [[kind, code]],
      );
    });

  const MESSAGES: readonly [string, string, string][] = [
    [
      'containerd://1.7.30',
      '1.38',
      '[actionable: runtime-floor] runtime on w-1: found containerd://1.7.30; needed containerd 2.0 or newer for Kubernetes 1.38. Upgrade containerd first: the kubelet asks the runtime for its cgroup driver (CRI RuntimeConfig), which containerd 1.x cannot answer. Source: https://github.com/kubernetes/kubernetes/pull/139121 (2026-11-23).',
    ],
    [
      'containerd://1.7.30',
      '1.36',
      '[warning: runtime-untested] runtime on w-1: found containerd://1.7.30; needed a version that the containerd project recommends for Kubernetes 1.36. Upgrade containerd to one of 2.3.0+, 2.2.0+. Source: https://github.com/containerd/containerd/blob/main/RELEASES.md (2026-11-23).',
    ],
    [
      'containerd://2.3.4',
      '1.37',
      '[warning: runtime-untested] runtime on w-1: found containerd://2.3.4; needed a version that the containerd project recommends for Kubernetes 1.37. It names none for 1.37 yet. When it does, add the row in src/upgrade/gate/boundary/containerd.ts. Source: https://github.com/containerd/containerd/blob/main/RELEASES.md (2026-11-23).',
    ],
    [
      'cri-o://1.34.2',
      '1.36',
      '[warning: runtime-no-row] runtime on w-1: found cri-o://1.34.2; needed containerd, the only runtime in the table, or your own judgement for Kubernetes 1.36. The runtime was not checked. Read its release notes.',
    ],
    [
      '',
      '1.36',
      '[unknown: runtime-unknown] runtime on w-1: found no runtime version; needed a version, to compare it with what Kubernetes 1.36 needs. See containerRuntimeVersion in the status of the Node, and the kubelet on it.',
    ],
  ];
  for (const [runtime, target, message] of MESSAGES)
    it(`says of ${runtime || '(none)'} with target ${target} what to do`, () => {
      expect(judge(runtime, target).map(formatFinding)).to.deep.equal([message]);
    });

  it('has rows with sources, the newest series first', () => {
    for (const { source } of [...CONTAINERD_FLOORS, ...CONTAINERD_TESTED]) expect(source.url).to.match(/^https:\/\//);
    for (const { versions } of CONTAINERD_TESTED) {
      const asNumbers = versions.map((text) => text.split('.').map(Number));
      const sorted = [...asNumbers].sort((a, b) => (b[0] ?? 0) - (a[0] ?? 0) || (b[1] ?? 0) - (a[1] ?? 0));
      expect(asNumbers).to.deep.equal(sorted);
    }
  });
});

import { expect } from 'chai';
import {
  judgeRemovedApis,
  REMOVED_APIS,
  REMOVED_APIS_REVIEWED_UP_TO,
  type DeprecatedApiSeries,
} from '../../../src/upgrade/gate/boundary/removed-apis.ts';
import { formatFinding } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { parseMinor } from '../../../src/upgrade/kubernetes/releases.ts';

const series = (text: string, removedRelease: string): DeprecatedApiSeries => {
  const [group = '', version = '', resource = '', subresource = ''] = text.split(' ');
  return { group, version, resource, subresource, removedRelease };
};
const judge = (target: string, ...all: DeprecatedApiSeries[]) =>
  judgeRemovedApis(known(all), parseKubeVersion(target)).map(formatFinding);

describe('removed APIs', () => {
  it('are a table in order, each row with its source and once', () => {
    const minors = REMOVED_APIS.map(({ removedIn }) => parseMinor(removedIn));
    expect(minors).to.deep.equal([...minors].sort((a, b) => a - b));
    expect(minors.at(-1)).to.be.at.most(parseMinor(REMOVED_APIS_REVIEWED_UP_TO));
    const names = REMOVED_APIS.flatMap((row) => row.resources.map((each) => `${row.group}/${row.version} ${each}`));
    expect(names).to.deep.equal([...new Set(names)]);
    for (const { source } of REMOVED_APIS) expect(source.url).to.match(/^https:\/\//);
  });

  it('that are asked for today and gone at the target name what replaces them', () => {
    expect(judge('1.32.1', series('flowcontrol.apiserver.k8s.io v1beta3 flowschemas status', '1.32'))).to.deep.equal([
      '[actionable: removed-api] flowcontrol.apiserver.k8s.io/v1beta3 flowschemas/status: found requests for it, which Kubernetes 1.32 removes; needed no client that asks for it before Kubernetes 1.32. Find the client (audit annotation k8s.io/deprecated, manifests, Helm releases) and move it. Use flowcontrol.apiserver.k8s.io/v1. Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ (2026-11-23).',
    ]);
    expect(judge('1.37.1', series('scheduling.k8s.io v1alpha2 workloads', '1.37'))).to.deep.equal([
      '[actionable: removed-api] scheduling.k8s.io/v1alpha2 workloads: found requests for it, which Kubernetes 1.37 removes; needed no client that asks for it before Kubernetes 1.37. Find the client (audit annotation k8s.io/deprecated, manifests, Helm releases) and move it. Delete its objects before the upgrade. Source: https://github.com/kubernetes/kubernetes/pull/138572 (2026-11-23).',
    ]);
  });

  it('that our table does not know block all the same', () => {
    expect(judge('1.36.1', series(' v1 things', '1.36'))).to.deep.equal([
      '[actionable: removed-api] v1 things: found requests for it, which Kubernetes 1.36 removes; needed no client that asks for it before Kubernetes 1.36. Find the client (audit annotation k8s.io/deprecated, manifests, Helm releases) and move it. Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ (2026-11-23).',
    ]);
  });

  const TABLE: readonly [removedRelease: string, target: string, findings: number][] = [
    ['1.36', '1.36.0', 1],
    ['1.37', '1.36.0', 0],
    ['1.35', '1.36.0', 1],
    ['1.9', '1.10.0', 1],
    ['1.10', '1.9.0', 0],
    ['', '1.36.0', 0],
  ];
  for (const [removedRelease, target, findings] of TABLE)
    it(`that go in ${removedRelease || 'no release'} with target ${target}: ${findings}`, () => {
      expect(judge(target, series('g v1beta1 things', removedRelease))).to.have.length(findings);
    });

  it('that nobody can count are unknown', () => {
    expect(judge('1.36.1', series('g v1 things', 'soon'))).to.deep.equal([
      '[unknown: removed-apis-unknown] g/v1 things: found removed_release "soon"; needed apiserver_requested_deprecated_apis, with the release that removes each API. Without this metric, clients of removed APIs are unknown. Restore Prometheus, or let the gate read /metrics of the API servers.',
    ]);
    const off = judgeRemovedApis(notKnown('http://prometheus:9090 does not answer'), parseKubeVersion('1.36.1'));
    expect(off.map(formatFinding)).to.deep.equal([
      '[unknown: removed-apis-unknown] removed APIs: found no answer: http://prometheus:9090 does not answer; needed apiserver_requested_deprecated_apis, with the release that removes each API. Without this metric, clients of removed APIs are unknown. Restore Prometheus, or let the gate read /metrics of the API servers.',
    ]);
  });
});

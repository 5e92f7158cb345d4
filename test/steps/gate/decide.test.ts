import { expect } from 'chai';
import type { GateInput } from '../../../src/steps/gate/contract.ts';
import { decide } from '../../../src/steps/gate/decide.ts';
import type { GateFacts } from '../../../src/steps/gate/facts.ts';
import { formatFinding } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { cluster, controlPlane, flag, node, worker, input, workload } from './build.ts';

const CALICO = workload('cni', 'quay.io/calico/node:v3.30.1');
const KYVERNO = workload('policies', 'ghcr.io/kyverno/kyverno:v1.18.0');
const GPU = workload('gpu', 'nvcr.io/nvidia/gpu-operator:v25.3.1');
const UNREADABLE = workload('policies', 'ghcr.io/kyverno/kyverno:latest');
const PINNED: Partial<GateInput> = { addons: [{ name: 'gpu-operator', pin: { reason: 'driver 570 until May' } }] };
const series = known([{ group: 'g', version: 'v1', resource: 'things', subresource: '', removedRelease: '1.36' }]);

/** verdict, then class and code of each finding. */
const short = (facts: GateFacts, asked: GateInput): string[] => {
  const { verdict, findings } = decide(facts, asked);
  return [verdict, ...findings.map((each) => `${each.subject}: ${each.class} ${each.code}`)];
};

describe('the compat gate', () => {
  const TABLE: readonly [what: string, facts: GateFacts, asked: GateInput, expected: string[]][] = [
    ['nothing against it', cluster('1.35.2'), input('1.36.1'), ['clear']],
    [
      'an addon with a newer version that fits',
      cluster('1.35.2', { workloads: known([CALICO]) }),
      input('1.36.1'),
      ['blocked', 'calico: actionable addon-untested'],
    ],
    [
      'an addon without one',
      cluster('1.35.2', { workloads: known([KYVERNO]) }),
      input('1.36.1'),
      ['held', 'kyverno: waiting addon-ceiling'],
    ],
    [
      'an addon that the operator pinned',
      cluster('1.35.2', { workloads: known([GPU]) }),
      input('1.36.1', PINNED),
      ['held', 'gpu-operator: pinned addon-untested'],
    ],
    ['the same with a patch', cluster('1.35.2', { workloads: known([GPU]) }), input('1.35.3', PINNED), ['clear']],
    [
      'incident of 2026-06-20: an addon ceiling below the running minor, with a patch',
      cluster('1.36.0', { workloads: known([CALICO, KYVERNO]) }),
      input('1.36.1'),
      ['clear'],
    ],
    [
      'incident of 2026-06-28: something to do beside something to wait for',
      cluster('1.35.2', { workloads: known([CALICO, KYVERNO]) }),
      input('1.36.1'),
      ['held', 'calico: actionable addon-untested', 'kyverno: waiting addon-ceiling'],
    ],
    [
      'something unknown beside something to wait for',
      cluster('1.35.2', { workloads: known([UNREADABLE, KYVERNO]) }),
      input('1.36.1'),
      ['blocked', 'kyverno: unknown addon-unreadable', 'kyverno: waiting addon-ceiling'],
    ],
    [
      'a client that asks for an API that goes',
      cluster('1.35.2', { deprecatedApis: series }),
      input('1.36.1'),
      ['blocked', 'g/v1 things: actionable removed-api'],
    ],
    [
      'Prometheus off',
      cluster('1.35.2', { deprecatedApis: notKnown('off') }),
      input('1.36.1'),
      ['blocked', 'removed APIs: unknown removed-apis-unknown'],
    ],
    [
      'a verb taken away',
      cluster('1.35.2', { workloads: notKnown('cannot list deployments.apps') }),
      input('1.36.1'),
      ['blocked', 'the workloads: unknown addons-unknown'],
    ],
    [
      'a kubelet flag that goes',
      cluster('1.34.2', {
        nodes: [worker('w-1', '1.34.2', 'etc-default-kubelet', known(flag('pod-infra-container-image')))],
      }),
      input('1.35.1'),
      ['blocked', 'kubelet on w-1: actionable removed-flag'],
    ],
    [
      'an old containerd, which is only a warning before 1.38',
      cluster('1.35.2', { nodes: [node('w-1', '1.35.2', { runtime: 'containerd://1.7.28' })] }),
      input('1.36.1'),
      ['clear', 'runtime on w-1: warning runtime-untested'],
    ],
    [
      'addon settings that cannot be read',
      cluster('1.35.2', { workloads: known([KYVERNO]) }),
      input('1.36.1', { addons: [{ name: 'shop' }] }),
      ['blocked', "the cluster's settings: unknown addon-settings", 'kyverno: waiting addon-ceiling'],
    ],
    [
      'a resume: addons and removed APIs no longer stop it, the configuration still does',
      cluster('1.34.2', {
        nodes: [
          controlPlane('cp-1', '1.34.2'),
          worker('w-1', '1.34.2', 'etc-default-kubelet', known(flag('pod-infra-container-image'))),
        ],
        apiServers: known([{ node: 'cp-1', version: parseKubeVersion('1.35.1') }]),
        workloads: known([workload('policies', 'kyverno/kyverno:v1.16.0'), workload('cni', 'calico/node:latest')]),
        deprecatedApis: notKnown('off'),
      }),
      input('1.35.1'),
      [
        'blocked',
        'kubelet on w-1: actionable removed-flag',
        'calico: warning addon-unreadable',
        'kyverno: warning addon-ceiling',
        'removed APIs: warning removed-apis-unknown',
      ],
    ],
    [
      'a target that nobody has reviewed',
      cluster('1.37.0', { nodes: [node('w-1', '1.37.0', { runtime: 'containerd://1.7.30' })] }),
      input('1.38.0'),
      [
        'held',
        'runtime on w-1: actionable runtime-floor',
        'src/upgrade/gate/addons/index.ts: waiting table-not-reviewed',
        'src/upgrade/gate/boundary/containerd.ts: waiting table-not-reviewed',
        'src/upgrade/gate/boundary/index.ts: waiting table-not-reviewed',
        'src/upgrade/gate/boundary/removed-apis.ts: waiting table-not-reviewed',
      ],
    ],
    [
      'a target before the tables begin',
      cluster('1.23.4'),
      input('1.24.2'),
      [
        'held',
        'src/upgrade/gate/boundary/index.ts: waiting table-not-reviewed',
        'runtime on cp-1: warning runtime-untested',
        'runtime on w-1: warning runtime-untested',
      ],
    ],
    [
      'a hop of two minors, judged for nothing else',
      cluster('1.34.2', { workloads: notKnown('off') }),
      input('1.36.1'),
      ['blocked', 'API server on cp-1: actionable skew-hop', 'the cluster: actionable skew-hop'],
    ],
    [
      'API servers two minors apart, even for a patch',
      cluster('1.33.4', {
        apiServers: known([
          { node: 'cp-1', version: parseKubeVersion('1.33.4') },
          { node: 'cp-2', version: parseKubeVersion('1.35.1') },
        ]),
      }),
      input('1.33.5'),
      ['blocked', 'API server on cp-2: actionable skew-hop', 'the API servers: actionable skew-api-servers'],
    ],
    [
      'API servers that do not answer, even for a patch',
      cluster('1.35.2', { apiServers: notKnown('off') }),
      input('1.35.3'),
      ['blocked', 'the API servers: unknown skew-unknown'],
    ],
    [
      'no API server',
      cluster('1.35.2', { apiServers: known([]) }),
      input('1.35.3'),
      ['blocked', 'the API servers: unknown skew-unknown'],
    ],
    ['no nodes', cluster('1.35.2', { nodes: [] }), input('1.36.1'), ['blocked', 'the nodes: unknown skew-unknown']],
  ];
  for (const [what, facts, asked, expected] of TABLE)
    it(`${expected[0] ?? ''}: ${what}`, () => {
      expect(short(facts, asked)).to.deep.equal(expected);
    });

  it('says which file nobody has reviewed', () => {
    const { findings } = decide(cluster('1.37.0'), input('1.38.0'));
    expect(findings.map(formatFinding)).to.include(
      '[waiting: table-not-reviewed] src/upgrade/gate/boundary/index.ts: found a table that was reviewed up to Kubernetes 1.37; needed a review for Kubernetes 1.38. Review src/upgrade/gate/boundary/index.ts for 1.38, add its rows with their sources, and only then raise the minor at its head.',
    );
    expect(decide(cluster('1.23.4'), input('1.24.2')).findings.map(formatFinding)[0]).to.match(
      /found a table that was reviewed up to Kubernetes 1\.37 and has no row for 1\.24; /,
    );
  });

  it('says what is wrong with the addon settings', () => {
    const { findings } = decide(cluster('1.35.2'), input('1.36.1', { addons: [{ name: 'shop' }] }));
    expect(findings.map(formatFinding)).to.deep.equal([
      "[unknown: addon-settings] the cluster's settings: found addons: shop is not in the catalogue; give its images; needed addon settings that the gate can read. No addon setting was applied. Correct them in clusters/<name>.yaml.",
    ]);
  });

  it('takes the word of the operator for a version that the catalogue does not know', () => {
    const addons = [{ name: 'kyverno', matrix: [{ floor: '1.18', maximumKubernetes: '1.36' }] }];
    expect(short(cluster('1.35.2', { workloads: known([KYVERNO]) }), input('1.36.1', { addons }))).to.deep.equal([
      'clear',
    ]);
  });

  it('lets the untested pass, warned, where the operator says so', () => {
    const untested = { untestedAddons: 'warn', untestedRuntime: 'warn' } as const;
    expect(short(cluster('1.35.2', { workloads: known([CALICO]) }), input('1.36.1', untested))).to.deep.equal([
      'clear',
      'calico: warning addon-untested',
    ]);
  });
});

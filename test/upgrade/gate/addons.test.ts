import { expect } from 'chai';
import type { Addon, Workload } from '../../../src/upgrade/gate/addons/addon.ts';
import { ADDONS } from '../../../src/upgrade/gate/addons/index.ts';
import { judgeAddons, type UntestedPolicy } from '../../../src/upgrade/gate/addons/judge.ts';
import { formatFinding, type Finding, type FindingClass, type FindingCode } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';

const workload = (image: string, name = 'w'): Workload => ({
  ...{ kind: 'Deployment', namespace: 'ns', name, images: [image] },
});

interface Options {
  readonly untested?: UntestedPolicy;
  readonly running?: string;
  readonly change?: Partial<Addon>;
}

function judge(
  images: readonly string[],
  target: string,
  { untested = 'block', running, change }: Options = {},
): Finding[] {
  const to = parseKubeVersion(`${target}.1`);
  const from = parseKubeVersion(`${running ?? `1.${to.minor - 1}`}.1`);
  const catalogue = change === undefined ? ADDONS : ADDONS.map((addon) => ({ ...addon, ...change }));
  const workloads = images.map((image, place) => workload(image, `w${place}`));
  return judgeAddons(catalogue, known(workloads), { running: from, target: to }, untested);
}

const short = (findings: readonly Finding[]): string[] =>
  findings.map((each) => `${each.subject} ${each.class} ${each.code}`);

describe('addons', () => {
  const TABLE: readonly [image: string, target: string, kind: FindingClass | 'nothing', code?: FindingCode][] = [
    ['quay.io/calico/node:v3.30.1', '1.35', 'nothing'],
    ['quay.io/calico/node:v3.30.1', '1.36', 'actionable', 'addon-untested'],
    ['quay.io/calico/node:v3.32.0', '1.36', 'nothing'],
    ['quay.io/calico/node:v3.29.4', '1.35', 'actionable', 'addon-below-floor'],
    ['quay.io/calico/node:v3.34.0', '1.37', 'nothing'],
    ['ghcr.io/kyverno/kyverno:v1.18.1', '1.36', 'waiting', 'addon-ceiling'],
    ['ghcr.io/kyverno/kyverno:v1.16.1', '1.35', 'actionable', 'addon-ceiling'],
    ['docker.io/istio/pilot:1.28.0', '1.36', 'actionable', 'addon-ceiling'],
    ['quay.io/cilium/cilium:v1.18.4', '1.34', 'actionable', 'addon-untested'],
    ['quay.io/cilium/cilium:v1.20.3', '1.34', 'waiting', 'addon-not-reviewed'],
    ['rook/ceph:v1.18.1', '1.34', 'waiting', 'addon-not-reviewed'],
    ['registry.k8s.io/metrics-server/metrics-server:v0.8.0', '1.37', 'nothing'],
    ['registry.k8s.io/metrics-server/metrics-server:v0.9.0', '1.33', 'warning', 'addon-below-minimum'],
    ['quay.io/metallb/controller:v0.16.0', '1.36', 'warning', 'addon-no-matrix'],
    ['quay.io/metallb/controller:main', '1.36', 'warning', 'addon-no-matrix'],
    ['traefik:v3.7', '1.36', 'warning', 'addon-no-matrix'],
    ['ghcr.io/kyverno/kyverno:latest', '1.34', 'unknown', 'addon-unreadable'],
    [`ghcr.io/kyverno/kyverno@sha256:${'a'.repeat(64)}`, '1.34', 'unknown', 'addon-unreadable'],
    ['ghcr.io/kyverno/kyverno', '1.34', 'unknown', 'addon-unreadable'],
    ['ghcr.io/acme/shop:v1', '1.36', 'nothing'],
  ];
  for (const [image, target, kind, code] of TABLE)
    it(`${image} with target ${target}: ${kind} ${code ?? ''}`, () => {
      expect(judge([image], target).map((each) => [each.class, each.code])).to.deep.equal(
        kind === 'nothing' ? [] : [[kind, code]],
      );
    });

  describe('say', () => {
    const MESSAGES: readonly [what: string, findings: () => Finding[], expected: string][] = [
      [
        'the smallest newer version that fits',
        () => judge(['quay.io/calico/node:v3.30.1'], '1.36'),
        '[actionable: addon-untested] calico: found v3.30.1 in Deployment ns/w0, tested up to Kubernetes 1.35; needed a version that is tested with Kubernetes 1.36. Upgrade calico to 3.32 or newer before Kubernetes 1.36. Source: https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements (2026-11-23).',
      ],
      [
        'that nobody can do anything',
        () => judge(['ghcr.io/kyverno/kyverno:v1.18.1'], '1.36'),
        "[waiting: addon-ceiling] kyverno: found v1.18.1 in Deployment ns/w0, supported up to Kubernetes 1.35; needed a version that is supported with Kubernetes 1.36. The table has no such version. When the vendor names one for Kubernetes 1.36, add its row in src/upgrade/gate/addons/ or in the cluster's settings. Source: https://kyverno.io/docs/installation/releases/ (2026-11-23).",
      ],
      [
        "the operator's reason",
        () =>
          judge(['nvcr.io/nvidia/gpu-operator:v25.3.2'], '1.36', { change: { pin: { reason: 'driver 570 only' } } }),
        "[pinned: addon-untested] gpu-operator: found v25.3.2 in Deployment ns/w0, tested up to Kubernetes 1.33; needed a version that is tested with Kubernetes 1.36. Pinned in the cluster's settings: driver 570 only. To continue, upgrade gpu-operator and remove the pin. Source: https://github.com/NVIDIA/cloud-native-docs/pull/217 (2026-11-23).",
      ],
      [
        'that a version is older than the table',
        () => judge(['quay.io/calico/node:v3.29.4'], '1.35'),
        '[actionable: addon-below-floor] calico: found v3.29.4 in Deployment ns/w0, older than every row of the table; needed a version that is tested with Kubernetes 1.35. Upgrade calico to 3.30 or newer before Kubernetes 1.35. Source: https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements (2026-11-23).',
      ],
      [
        'no version whose range begins only above the target',
        () => judge(['ghcr.io/external-secrets/external-secrets:v1.2.0'], '1.33'),
        "[actionable: addon-below-floor] external-secrets: found v1.2.0 in Deployment ns/w0, older than every row of the table; needed a version that is supported with Kubernetes 1.33. The table has no such version. When the vendor names one for Kubernetes 1.33, add its row in src/upgrade/gate/addons/ or in the cluster's settings. Source: https://external-secrets.io/latest/introduction/stability-support/ (2026-11-23).",
      ],
      [
        'that the new version wants a newer Kubernetes than runs',
        () => judge(['registry.k8s.io/external-secrets/external-secrets:v2.6.0'], '1.36', { running: '1.34' }),
        '[actionable: addon-ceiling] external-secrets: found v2.6.0 in Deployment ns/w0, supported up to Kubernetes 1.35; needed a version that is supported with Kubernetes 1.36. Upgrade external-secrets to 2.8 or newer before Kubernetes 1.36. Its range begins at Kubernetes 1.35, above the running 1.34: ask the vendor for the order. Source: https://external-secrets.io/latest/introduction/stability-support/ (2026-11-23).',
      ],
      [
        'that a row was never reviewed',
        () => judge(['quay.io/cilium/cilium:v1.20.3'], '1.36'),
        "[waiting: addon-not-reviewed] cilium: found v1.20.3 in Deployment ns/w0, whose version range is not reviewed; needed a row for it that reaches Kubernetes 1.36. Read the vendor's page and add the row in src/upgrade/gate/addons/, or give matrix for cilium in the cluster's settings. Source: https://docs.cilium.io/en/stable/network/kubernetes/compatibility/ (2026-11-23).",
      ],
      [
        'that the vendor publishes nothing',
        () => judge(['quay.io/metallb/controller:v0.16.0'], '1.36'),
        "[warning: addon-no-matrix] metallb: found it in Deployment ns/w0; its vendor publishes no range of Kubernetes versions; needed your own judgement for Kubernetes 1.36. Read its release notes; give matrix for metallb in the cluster's settings to have it checked. Source: https://endoflife.date/metallb (2026-11-23).",
      ],
      [
        'that a range has not begun',
        () => judge(['registry.k8s.io/metrics-server/metrics-server:v0.9.0'], '1.33'),
        '[warning: addon-below-minimum] metrics-server: found v0.9.0 in Deployment ns/w0, whose range begins at Kubernetes 1.34; needed a version that is supported with Kubernetes 1.33. It is outside its range already, and this upgrade brings it closer. Source: https://github.com/kubernetes-sigs/metrics-server/blob/master/README.md (2026-11-23).',
      ],
      [
        'which image cannot be read, and how it could',
        () => judge([`quay.io/calico/node@sha256:${'a'.repeat(64)}`], '1.36'),
        `[unknown: addon-unreadable] calico: found image quay.io/calico/node@sha256:${'a'.repeat(64)} in Deployment ns/w0: it has a digest and no tag; needed a tag with the version of the addon. Give the image a version tag (a digest may stand beside it), or set versionPattern for calico in the cluster's settings.`,
      ],
      [
        'what is missing',
        () => judge([], '1.36', { change: { required: true } }).filter(({ subject }) => subject === 'keda'),
        "[actionable: addon-missing] keda: found no workload with an image of kedacore/keda, kedacore/keda-metrics-apiserver, kedacore/keda-admission-webhooks; needed keda, which the cluster's settings require. Restore keda, name the repository of its image in the cluster's settings, or remove required.",
      ],
      [
        'that the workloads could not be listed',
        () =>
          judgeAddons(
            ADDONS,
            notKnown('deployments.apps is forbidden: cannot list'),
            { running: parseKubeVersion('1.35.1'), target: parseKubeVersion('1.36.1') },
            'warn',
          ),
        '[unknown: addons-unknown] the workloads: found no answer: deployments.apps is forbidden: cannot list; needed the Deployments, DaemonSets and StatefulSets of every namespace. No addon was checked. Correct the cause, so that the gate can read the workloads.',
      ],
    ];
    for (const [what, findings, expected] of MESSAGES)
      it(what, () => {
        expect(findings().map(formatFinding)).to.deep.equal([expected]);
      });
  });

  it('that are retired are to be replaced: a warning while they reach, an act when they do not, never a wait', () => {
    const image = 'registry.k8s.io/ingress-nginx/controller:v1.15.2';
    expect(short(judge([image], '1.35'))).to.deep.equal(['ingress-nginx warning addon-retired']);
    const [warning, ceiling] = judge([image], '1.36').map(formatFinding);
    expect(warning).to.equal(
      '[warning: addon-retired] ingress-nginx: found it in Deployment ns/w0, retired since 2026-03; needed an addon that gets security fixes. Plan its replacement; no version of ingress-nginx will name a later Kubernetes. Source: https://github.com/kubernetes/ingress-nginx/blob/main/README.md (2026-11-23).',
    );
    expect(ceiling).to.match(
      /^\[actionable: addon-ceiling\] .* ingress-nginx is retired since 2026-03, so no such version is expected\. Replace it\. /,
    );
  });

  it('that are merely untested only warn where the operator says so; those that are unsupported still block', () => {
    const options: Options = { untested: 'warn' };
    expect(short(judge(['quay.io/calico/node:v3.30.1'], '1.36', options))).to.deep.equal([
      'calico warning addon-untested',
    ]);
    expect(short(judge(['docker.io/istio/pilot:1.28.0'], '1.36', options))).to.deep.equal([
      'istio actionable addon-ceiling',
    ]);
  });

  it('that are pinned are pinned whatever stands against them, but not when they cannot be read', () => {
    const pinned = { change: { pin: { reason: 'no' } } };
    for (const image of ['kyverno/kyverno:v1.18.1', 'kyverno/kyverno:v1.1.0', 'cilium/cilium:v1.20.0', 'rook/ceph:v1'])
      expect(
        judge([image], '1.36', pinned).map((each) => each.class),
        image,
      ).to.deep.equal(['pinned']);
    expect(judge(['kyverno/kyverno:v1.18.1'], '1.35', pinned)).to.deep.equal([]);
    expect(short(judge(['kyverno/kyverno:latest'], '1.35', pinned))).to.deep.equal([
      'kyverno unknown addon-unreadable',
    ]);
  });

  it('are judged by each version that runs, once per version', () => {
    const findings = judge(
      ['calico/node:v3.30.1', 'mirror.example.com/calico/node:v3.30.1', 'calico/typha:v3.31.0', 'calico/node:v3.32.1'],
      '1.36',
    );
    expect(findings.map(({ found }) => found)).to.deep.equal([
      'v3.30.1 in Deployment ns/w0, Deployment ns/w1, tested up to Kubernetes 1.35',
      'v3.31.0 in Deployment ns/w2, tested up to Kubernetes 1.35',
    ]);
  });
});

import { expect } from 'chai';
import type { Configuration, Written } from '../../../src/upgrade/gate/boundary/configuration.ts';
import { tryBoundary } from '../../../src/upgrade/gate/boundary/index.ts';
import { judgeBoundary } from '../../../src/upgrade/gate/boundary/judge.ts';
import { formatFinding, type Finding } from '../../../src/upgrade/gate/finding.ts';
import { parseKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { known, notKnown } from '../../../src/upgrade/reading.ts';
import { cluster, controlPlane, flag, node, NOTHING, onEachComponent, worker } from '../../steps/gate/build.ts';

function judge(target: string, changes: Partial<Configuration>): Finding[] {
  const to = parseKubeVersion(`${target}.1`);
  const boundary = tryBoundary(to);
  if (boundary === undefined) throw new Error(`no boundary for ${target}`);
  const { nodes, ...plain } = cluster(`1.${to.minor - 1}.1`);
  return judgeBoundary(boundary, { nodes, ...plain, ...changes }, to);
}

const gatesOn = (...names: string[]): Written => ({
  flags: [],
  featureGates: Object.fromEntries(names.map((name) => [name, true])),
});

const members = (...versions: string[]) =>
  known(versions.map((version, place) => ({ name: `cp-${place + 1}`, version })));

const CASES: readonly [what: string, target: string, changes: Partial<Configuration>, expected: string[]][] = [
  ['a cluster that says nothing passes', '1.37', {}, []],
  [
    'a flag in /etc/default/kubelet that the kubelet no longer knows',
    '1.35',
    { nodes: [worker('w-1', '1.34.1', 'etc-default-kubelet', known(flag('pod-infra-container-image', 'pause:3.10')))] },
    [
      '[actionable: removed-flag] kubelet on w-1: found flag --pod-infra-container-image in /etc/default/kubelet; needed none of that name: Kubernetes 1.35 removed it, and kubelet does not start with it. Remove --pod-infra-container-image from /etc/default/kubelet on w-1, then restart the kubelet there. Source: https://github.com/kubernetes/kubernetes/pull/133779 (2026-11-23).',
    ],
  ],
  [
    'a flag in a drop-in of the kubelet is named with its systemd unit',
    '1.35',
    { nodes: [worker('w-1', '1.34.1', 'kubelet-unit', known(flag('pod-infra-container-image', 'pause:3.10')))] },
    [
      '[actionable: removed-flag] kubelet on w-1: found flag --pod-infra-container-image in its systemd unit or a drop-in of it; needed none of that name: Kubernetes 1.35 removed it, and kubelet does not start with it. Remove --pod-infra-container-image on w-1 from the file in which this shows it: systemctl cat kubelet. Then: systemctl daemon-reload && systemctl restart kubelet. Source: https://github.com/kubernetes/kubernetes/pull/133779 (2026-11-23).',
    ],
  ],
  [
    "the same flag in kubeadm-flags.env, where the target's kubeadm takes it away itself",
    '1.35',
    { nodes: [worker('w-1', '1.34.1', 'kubeadm-flags.env', known(flag('pod-infra-container-image')))] },
    [],
  ],
  [
    'the same flag at another boundary',
    '1.34',
    { nodes: [worker('w-1', '1.33.1', 'etc-default-kubelet', known(flag('pod-infra-container-image')))] },
    [],
  ],
  [
    'a removed flag on a node whose kubelet is at the target minor already',
    '1.35',
    { nodes: [worker('w-1', '1.35.0', 'etc-default-kubelet', known(flag('pod-infra-container-image')))] },
    [],
  ],
  [
    'storage-driver-db',
    '1.37',
    { nodes: [worker('w-1', '1.36.1', 'kubeadm-flags.env', known(flag('storage-driver-db', 'cadvisor')))] },
    [
      '[actionable: removed-flag] kubelet on w-1: found flag --storage-driver-db in /var/lib/kubelet/kubeadm-flags.env; needed none of that name: Kubernetes 1.37 removed it, and kubelet does not start with it. Remove --storage-driver-db from /var/lib/kubelet/kubeadm-flags.env on w-1, then restart the kubelet there. Source: https://github.com/kubernetes/kubernetes/pull/139870 (2026-11-23).',
    ],
  ],
  [
    'housekeeping-interval, the one of its kind that is kept',
    '1.37',
    { nodes: [worker('w-1', '1.36.1', 'etc-default-kubelet', known(flag('housekeeping-interval', '10s')))] },
    [],
  ],
  [
    "a kubelet's flag on an API server",
    '1.37',
    { nodes: [controlPlane('cp-1', '1.36.1', { staticPods: onEachComponent(known(flag('containerd'))) })] },
    [],
  ],
  [
    'a flag of the controller manager, in its manifest and in what kubeadm will make it from',
    '1.37',
    {
      nodes: [controlPlane('cp-1', '1.36.1', { staticPods: onEachComponent(known(flag('concurrent-service-syncs'))) })],
      kubeadmConfig: known({
        ...{ apiVersions: ['kubeadm.k8s.io/v1beta4'], featureGates: {} },
        components: onEachComponent(flag('concurrent-service-syncs')),
      }),
    },
    [
      '[actionable: removed-flag] kube-controller-manager on cp-1: found flag --concurrent-service-syncs in its static pod manifest; needed none of that name: Kubernetes 1.37 removed it, and kube-controller-manager does not start with it. Remove --concurrent-service-syncs from /etc/kubernetes/manifests/kube-controller-manager.yaml on cp-1 and from extraArgs in ConfigMap kube-system/kubeadm-config. Source: https://github.com/kubernetes/kubernetes/pull/138002 (2026-11-23).',
      '[actionable: removed-flag] kube-controller-manager: found flag --concurrent-service-syncs in ConfigMap kube-system/kubeadm-config; needed none of that name: Kubernetes 1.37 removed it, and kube-controller-manager does not start with it. Remove --concurrent-service-syncs from ConfigMap kube-system/kubeadm-config. Source: https://github.com/kubernetes/kubernetes/pull/138002 (2026-11-23).',
    ],
  ],
  [
    'a removed feature gate, whatever its value, from a flag and from a field',
    '1.34',
    {
      nodes: [
        worker(
          'w-1',
          '1.33.1',
          'kubeadm-flags.env',
          known(flag('feature-gates', 'A=true, DevicePluginCDIDevices=false')),
        ),
      ],
      kubeProxyConfig: known(gatesOn('LegacySidecarContainers')),
    },
    [
      '[actionable: removed-feature-gate] kubelet on w-1: found feature gate DevicePluginCDIDevices=false in /var/lib/kubelet/kubeadm-flags.env; needed none of that name: Kubernetes 1.34 removed it, and kubelet does not start with it. Remove DevicePluginCDIDevices from /var/lib/kubelet/kubeadm-flags.env on w-1, then restart the kubelet there. Source: https://github.com/kubernetes/kubernetes/pull/132083 (2026-11-23).',
      '[actionable: removed-feature-gate] kube-proxy: found feature gate LegacySidecarContainers=true in ConfigMap kube-system/kube-proxy; needed none of that name: Kubernetes 1.34 removed it, and kube-proxy does not start with it. Remove LegacySidecarContainers from ConfigMap kube-system/kube-proxy. Source: https://github.com/kubernetes/kubernetes/pull/131463 (2026-11-23).',
    ],
  ],
  [
    'a locked feature gate at another value, and one at the locked value',
    '1.37',
    {
      kubeletConfig: known({
        ...{ flags: [], failCgroupV1: undefined },
        featureGates: { DRAPrioritizedList: false, DRAExtendedResource: true, DeclarativeValidationTakeover: false },
      }),
    },
    [
      '[actionable: locked-feature-gate] kubelet: found feature gate DRAPrioritizedList=false in ConfigMap kube-system/kubelet-config; needed DRAPrioritizedList=true or nothing: Kubernetes 1.37 locked it, and kubelet does not start with another value. Remove DRAPrioritizedList from ConfigMap kube-system/kubelet-config. Source: https://github.com/skyhook-io/radar/pull/1504 (2026-08-26).',
    ],
  ],
  [
    "kubeadm's own gate, and the same name where it is none",
    '1.36',
    {
      kubeletConfig: known({ ...gatesOn('ControlPlaneKubeletLocalMode'), failCgroupV1: undefined }),
      kubeadmConfig: known({
        ...{ apiVersions: ['kubeadm.k8s.io/v1beta4'], featureGates: { ControlPlaneKubeletLocalMode: true } },
        components: onEachComponent(NOTHING),
      }),
    },
    [
      '[actionable: removed-feature-gate] kubeadm: found feature gate ControlPlaneKubeletLocalMode=true in ConfigMap kube-system/kubeadm-config; needed none of that name: Kubernetes 1.36 removed it, and kubeadm does not start with it. Remove ControlPlaneKubeletLocalMode from ConfigMap kube-system/kubeadm-config. Source: https://github.com/kubernetes-sigs/kind/issues/4230 (2026-11-23).',
    ],
  ],
  [
    'a removed admission plugin',
    '1.30',
    {
      nodes: [
        controlPlane('cp-1', '1.29.1', {
          staticPods: {
            ...onEachComponent(known(NOTHING)),
            'kube-apiserver': known(flag('enable-admission-plugins', 'NodeRestriction,SecurityContextDeny')),
          },
        }),
      ],
    },
    [
      '[actionable: removed-admission-plugin] kube-apiserver on cp-1: found admission plugin SecurityContextDeny in its static pod manifest; needed none of that name: Kubernetes 1.30 removed it, and the API server does not start with it. Remove SecurityContextDeny from /etc/kubernetes/manifests/kube-apiserver.yaml on cp-1 and from extraArgs in ConfigMap kube-system/kubeadm-config. Source: https://github.com/kubernetes/kubernetes/pull/122612 (2026-11-23).',
    ],
  ],
  [
    'kubeadm v1beta3',
    '1.37',
    {
      kubeadmConfig: known({
        ...{ apiVersions: ['kubeadm.k8s.io/v1beta3'], featureGates: {} },
        components: onEachComponent(NOTHING),
      }),
    },
    [
      '[actionable: removed-kubeadm-api] ConfigMap kube-system/kubeadm-config: found apiVersion kubeadm.k8s.io/v1beta3; needed one that kubeadm 1.37 reads: it removed this one. Migrate it with a kubeadm before 1.37: kubeadm config migrate, then kubeadm init phase upload-config kubeadm. Source: https://github.com/kubernetes/kubernetes/pull/136016 (2026-11-23).',
    ],
  ],
  [
    'etcd before 3.5.26, member by member, compared as numbers',
    '1.34',
    { etcd: members('3.5.24-0', '3.5.26', '3.5.9', '3.6.0') },
    [
      '[actionable: etcd-floor] etcd cp-1: found 3.5.24-0; needed every member at 3.5.26 or newer before Kubernetes 1.34. Upgrade etcd to 3.5.26 or newer first: kubeadm 1.34 upgrades etcd to 3.6, and members before 3.5.26 can come back as zombies there. Source: https://etcd.io/blog/2025/zombie_members_upgrade/ (2026-11-23).',
      '[actionable: etcd-floor] etcd cp-3: found 3.5.9; needed every member at 3.5.26 or newer before Kubernetes 1.34. Upgrade etcd to 3.5.26 or newer first: kubeadm 1.34 upgrades etcd to 3.6, and members before 3.5.26 can come back as zombies there. Source: https://etcd.io/blog/2025/zombie_members_upgrade/ (2026-11-23).',
    ],
  ],
  ['etcd before 3.5.26 at another boundary', '1.35', { etcd: members('3.5.9') }, []],
  [
    'etcd that cannot be read',
    '1.34',
    { etcd: members('latest') },
    [
      '[unknown: configuration-unknown] etcd cp-1: found no answer: "latest" is no version; needed every member at 3.5.26 or newer before Kubernetes 1.34. Correct the cause, so that the gate can read it.',
    ],
  ],
  [
    'no etcd member at all',
    '1.34',
    { etcd: known([]) },
    [
      '[unknown: configuration-unknown] etcd: found no answer: no member was found; needed every member at 3.5.26 or newer before Kubernetes 1.34. Correct the cause, so that the gate can read it.',
    ],
  ],
  [
    'cgroup v1',
    '1.35',
    { nodes: [node('w-1', '1.34.1', { cgroup: known('v1') }), node('w-2', '1.34.1')] },
    [
      "[actionable: cgroup-v1] kubelet on w-1: found cgroup v1, with which a kubelet 1.35 does not start; needed cgroup v2, or failCgroupV1: false in ConfigMap kube-system/kubelet-config. Move the node to cgroup v2; to put that off, set failCgroupV1: false in ConfigMap kube-system/kubelet-config and ignore kubeadm's preflight check SystemVerification. Source: https://github.com/kubernetes/kubernetes/pull/134744 (2026-11-23).",
    ],
  ],
  [
    'cgroup v1 that the operator allows',
    '1.35',
    {
      nodes: [node('w-1', '1.34.1', { cgroup: known('v1') })],
      kubeletConfig: known({ ...NOTHING, failCgroupV1: false }),
    },
    [],
  ],
  ['cgroup v1 at another boundary', '1.34', { nodes: [node('w-1', '1.33.1', { cgroup: known('v1') })] }, []],
  [
    'a file that cannot be read',
    '1.36',
    { nodes: [worker('w-1', '1.35.1', 'kubelet-config-file', notKnown('ssh: connection refused by w-1'))] },
    [
      '[unknown: configuration-unknown] kubelet on w-1: found no answer about /var/lib/kubelet/config.yaml: ssh: connection refused by w-1; needed its flags and feature gates, to compare them with what the target removed. Correct the cause, so that the gate can read it.',
    ],
  ],
  [
    'what cannot be read where no row asks for it',
    '1.29',
    {
      nodes: [worker('w-1', '1.28.1', 'kubelet-config-file', notKnown('ssh'))],
      ...{ etcd: notKnown('off'), kubeProxyConfig: notKnown('rbac'), kubeadmConfig: notKnown('rbac') },
    },
    [],
  ],
];

describe('the configuration at a boundary', () => {
  it("leaves an etcd alone that is not kubeadm's, as an upgrade does", () => {
    const { kubeadmConfig } = cluster('1.33.1');
    const config = kubeadmConfig.known ? kubeadmConfig.value : undefined;
    if (config === undefined) throw new Error('the cluster has a kubeadm-config');
    const etcd = known([]);
    expect(judge('1.34', { etcd }).map(({ subject }) => subject)).to.deep.equal(['etcd']);
    expect(judge('1.34', { etcd, kubeadmConfig: known({ ...config, externalEtcd: true }) })).to.deep.equal([]);
  });

  for (const [what, target, changes, expected] of CASES)
    it(`to ${target}: ${what}`, () => {
      expect(judge(target, changes).map(formatFinding)).to.deep.equal(expected);
    });

  it('is asked at every place where it can stand', () => {
    const off = notKnown('off');
    const places = {
      ...{ 'kubeadm-flags.env': off, 'etc-default-kubelet': off },
      ...{ 'etc-sysconfig-kubelet': off, 'kubelet-unit': off, 'kubelet-environment': off },
      ...{ 'kubelet-config-folder': off, 'kubelet-config-file': off },
    };
    const findings = judge('1.37', {
      nodes: [controlPlane('cp-1', '1.36.1', { kubeletPlaces: places, staticPods: onEachComponent(off) })],
      ...{ kubeadmConfig: off, kubeletConfig: off, kubeProxyConfig: off },
    });
    expect(findings[0]?.found).to.equal(
      'no answer about /var/lib/kubelet/kubeadm-flags.env, /etc/default/kubelet, /etc/sysconfig/kubelet, its systemd unit or a drop-in of it, a file that its systemd unit names in EnvironmentFile, a file in the directory of its flag --config-dir, /var/lib/kubelet/config.yaml: off',
    );
    expect(findings.map(({ subject, code }) => `${subject} ${code}`)).to.deep.equal([
      'kubelet on cp-1 configuration-unknown',
      'kube-apiserver on cp-1 configuration-unknown',
      'kube-controller-manager on cp-1 configuration-unknown',
      'kube-scheduler on cp-1 configuration-unknown',
      'kube-apiserver configuration-unknown',
      'kube-controller-manager configuration-unknown',
      'kube-scheduler configuration-unknown',
      'kubeadm configuration-unknown',
      'kubelet configuration-unknown',
      'kube-proxy configuration-unknown',
      'ConfigMap kube-system/kubeadm-config configuration-unknown',
    ]);
  });

  it('with cgroup v1 stays closed when nobody can say what the kubelet is told', () => {
    const nodes = [node('w-1', '1.34.1', { cgroup: known('v1') }), node('w-2', '1.34.1', { cgroup: notKnown('ssh') })];
    const codes = judge('1.35', { nodes, kubeletConfig: notKnown('rbac') }).map(({ subject, class: kind }) => [
      subject,
      kind,
    ]);
    expect(codes).to.deep.equal([
      ['kubelet', 'unknown'],
      ['kubelet on w-1', 'unknown'],
      ['kubelet on w-2', 'unknown'],
    ]);
  });
});

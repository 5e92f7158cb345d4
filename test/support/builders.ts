import type { RunnerRules } from '../../src/upgrade/drain/runner.ts';
import type { Failure } from '../../src/run/failures.ts';
import fc from 'fast-check';
import { parseKubeVersion, type KubeVersion } from '../../src/upgrade/kubernetes/kube-version.ts';
import { UPGRADE_PHASES, type UpgradeRecord } from '../../src/upgrade/node/upgrade-record.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode, type StaticPod } from '../../src/upgrade/node/node.ts';
import type { DisruptionBudget } from '../../src/upgrade/drain/disruption-budget.ts';
import type { AttachedVolume, NodePod } from '../../src/steps/ports/cluster.ts';
import type { PlacedPod } from '../../src/steps/ports/rehearsal.ts';
import type { NodeRoom } from '../../src/upgrade/drain/room.ts';
import type { RunId } from '../../src/steps/ports/lease.ts';

/** Versions in tests read as an operator writes them. */
export const v = parseKubeVersion;

export const FROM = v('1.34.9');
export const TO = v('1.34.10');

export const ME: RunId = { uid: 'uid-of-this-run', name: 'k8s-upgrade-nightly-2' };
export const OTHER: RunId = { uid: 'uid-of-other-run', name: 'k8s-upgrade-nightly-1' };

/** A upgrade record of this run, on a node that it cordoned. */
export const aRecord = (about: Partial<UpgradeRecord> = {}): UpgradeRecord => ({
  run: ME.uid,
  from: FROM,
  to: TO,
  phase: 'draining',
  cordonedByUs: true,
  ...about,
});

/** Another address for every name. */
const addressOf = (name: string): string => {
  const sum = Buffer.from(name).reduce((hash, byte) => (hash * 31 + byte) % 65_536, 7);
  return `10.0.${sum >> 8}.${sum & 255}`;
};

/** A worker that is Ready at 1.34.9. */
export const aNode = (name: string, about: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  uid: `uid-of-${name}`,
  revision: '1',
  createdAtMs: Date.UTC(2025, 0, 1),
  controlPlane: false,
  ready: true,
  unschedulable: false,
  internalIp: addressOf(name),
  kubelet: FROM,
  runtime: 'containerd://2.2.1',
  staticPods: [],
  upgradeRecord: undefined,
  lastUpgrade: undefined,
  labels: {},
  taints: [],
  ...about,
});

/** A control-plane node, its static pods at the version of its kubelet. */
export const aControlPlane = (name: string, about: Partial<ClusterNode> = {}): ClusterNode =>
  aNode(name, {
    controlPlane: true,
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    staticPods: staticPodsAt(about.kubelet ?? FROM),
    ...about,
  });

/** The setting `runners` as it is by default. */
export const RUNNERS: RunnerRules = {
  withSshKey: {
    nodeSelector: ['node-role.kubernetes.io/control-plane='],
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
  },
  others: {
    nodeSelector: [],
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
  },
};

export const staticPodsAt = (version: KubeVersion | undefined, ready = true): StaticPod[] =>
  CONTROL_PLANE_COMPONENTS.map((component) => ({ component, version, ready }));

/** A running pod of a ReplicaSet. */
export const aPod = (name: string, about: Partial<NodePod> = {}): NodePod => ({
  namespace: 'default',
  name,
  uid: `uid-of-${name}`,
  labels: {},
  phase: 'Running',
  ready: true,
  terminating: false,
  dueAtMs: undefined,
  finalizers: [],
  mirror: false,
  daemonSet: false,
  boundToNode: false,
  toleratesCordon: false,
  controlled: true,
  madeBy: `ReplicaSet default/of-${name}`,
  emptyDir: false,
  claims: [],
  workflow: undefined,
  ...about,
});

/** Attached by a driver that is there. */
export const aVolume = (
  name: string,
  claim: string | undefined,
  about: Partial<AttachedVolume> = {},
): AttachedVolume => ({
  ...{ name, claim, attachment: `csi-of-${name}`, driver: 'csi.example.org' },
  ...{ volumeGone: false, driverGone: false, detachError: undefined },
  ...about,
});

/** A pod and its node, as a rehearsal sees it. */
export const aPlacedPod = (node: string, name: string, about: Partial<PlacedPod> = {}): PlacedPod => ({
  ...aPod(name),
  node,
  needs: { requests: { cpu: 1, memory: 1024, pods: 1 }, nodeSelector: {}, nodeTerms: [], tolerations: [] },
  ...about,
});

/** An empty node that takes pods. */
export const aRoom = (name: string, about: Partial<NodeRoom> = {}): NodeRoom => ({
  ...{ name, labels: { 'kubernetes.io/hostname': name }, taints: [], takesPods: true },
  allocatable: { cpu: 4, memory: 8192, pods: 10 },
  ...about,
});

/** Over every pod of the namespace `default`: one of two may go. */
export const aBudget = (name: string, about: Partial<DisruptionBudget> = {}): DisruptionBudget => ({
  namespace: 'default',
  name,
  selector: { labels: {}, expressions: [] },
  unhealthyPods: 'if-healthy-budget',
  desiredHealthy: 1,
  expectedPods: 2,
  currentHealthy: 2,
  disruptionsAllowed: 1,
  unsettled: undefined,
  ...about,
});

// ---- for laws --------------------------------------------------------------------------------------------------------

export const anyVersion: fc.Arbitrary<KubeVersion> = fc.record({
  major: fc.nat(3),
  minor: fc.nat(120),
  patch: fc.nat(120),
});

/** Few versions, so that nodes often agree. */
const nearVersion: fc.Arbitrary<KubeVersion> = fc.record({
  major: fc.constant(1),
  minor: fc.constantFrom(33, 34),
  patch: fc.constantFrom(9, 10, 11),
});

export const anyUpgradeRecord: fc.Arbitrary<UpgradeRecord> = fc.record(
  {
    run: fc.string({ unit: 'binary' }),
    from: anyVersion,
    to: anyVersion,
    phase: fc.constantFrom(...UPGRADE_PHASES),
    cordonedByUs: fc.boolean(),
    startedAtMs: fc.nat(4e12),
  },
  { requiredKeys: ['run', 'from', 'to', 'phase', 'cordonedByUs'] },
);

const anyNode = (name: string): fc.Arbitrary<ClusterNode> =>
  fc
    .record({
      controlPlane: fc.boolean(),
      ready: fc.boolean(),
      unschedulable: fc.boolean(),
      createdAtMs: fc.nat(3),
      kubelet: nearVersion,
      pods: fc.subarray([...CONTROL_PLANE_COMPONENTS]),
      podVersion: fc.option(nearVersion, { nil: undefined }),
      upgradeRecord: fc.option(
        fc.record({ to: nearVersion, phase: fc.constantFrom(...UPGRADE_PHASES), cordonedByUs: fc.boolean() }),
        { nil: undefined },
      ),
    })
    .map(({ pods, podVersion, upgradeRecord, ...about }) =>
      aNode(name, {
        ...about,
        staticPods: about.controlPlane
          ? pods.map((component) => ({ component, version: podVersion, ready: true }))
          : [],
        upgradeRecord: upgradeRecord === undefined ? undefined : aRecord(upgradeRecord),
      }),
    );

/** Up to six nodes in any state that the API server could show. */
export const anyCluster: fc.Arbitrary<ClusterNode[]> = fc
  .nat(6)
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, index) => anyNode(`n${index}`))));

export const anyTarget: fc.Arbitrary<KubeVersion> = nearVersion;

export const anyPod: fc.Arbitrary<NodePod> = fc
  .record({
    name: fc.uuid(),
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
    ready: fc.boolean(),
    terminating: fc.boolean(),
    mirror: fc.boolean(),
    daemonSet: fc.boolean(),
    boundToNode: fc.boolean(),
    controlled: fc.boolean(),
    emptyDir: fc.boolean(),
  })
  .map(({ name, ...about }) => aPod(name, about));

/** Inputs of the exit handler of a run without approval. */
export const NOBODY_ASKED = {
  approval: undefined,
  planVerdict: undefined,
  planDigest: undefined,
  planMessage: undefined,
  gateAgainVerdict: undefined,
  gateAgainMessage: undefined,
} as const;

/** A step that failed, as the Workflow has it. */
export const aFailure = (displayName: string, message: string, about: Partial<Failure> = {}): Failure => ({
  ...{ displayName, message, finishedAtMs: undefined, exitCode: undefined, node: undefined },
  ...about,
});

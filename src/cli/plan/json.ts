import { formatKubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { CONTROL_PLANE_COMPONENTS, type ClusterNode } from '../../upgrade/node/node.ts';
import { FORMER_HOOK } from '../../upgrade/host/restore-hook.ts';
import {
  PLAN_EXIT,
  PLAN_VERDICTS,
  verdictOf,
  type PlannedStep,
  type PlanReport,
  type UpgradeChecks,
} from './report.ts';

/** The plan for a program; a field keeps its meaning. */
export function toJson(report: PlanReport): object {
  const { cluster, nodes, unreadable, excluded, detection, upgrade, closed, halted, restoreHook, formerHook } = report;
  const verdict = verdictOf(report);
  return {
    cluster,
    verdict,
    exitCode: PLAN_EXIT[verdict],
    target: detection.target === undefined ? null : formatKubeVersion(detection.target),
    kind: detection.kind,
    running: formatKubeVersion(detection.running),
    endOfLife: detection.endOfLife ?? null,
    detection: PLAN_VERDICTS.detect[detection.verdict],
    reason: detection.reason,
    closed: closed ?? null,
    halted: halted ?? null,
    restoreHook: restoreHook ?? null,
    unusedRestoreHook: formerHook?.known === true ? FORMER_HOOK : null,
    nodes: nodes.map(nodeToJson),
    leftOut: excluded.map(({ name, because }) => ({ name, because })),
    unreadable: unreadable.map(({ name, because }) => ({ name, because })),
    ...(upgrade === undefined ? {} : upgradeToJson(upgrade)),
  };
}

const upgradeToJson = (upgrade: UpgradeChecks): object => ({
  digest: upgrade.digest,
  gate: upgrade.gate,
  preflight: upgrade.preflight,
  order: upgrade.steps.map(stepToJson),
  orderProblems: upgrade.orderProblems,
  skipped: upgrade.left.map(({ name }) => name),
  drains: { problems: upgrade.drainProblems, warnings: upgrade.drainWarnings },
  estimatedSeconds: upgrade.seconds,
});

const stepToJson = ({ node, role, turn, estimate, drains }: PlannedStep): object => ({
  name: node.name,
  uid: node.uid,
  role,
  turn,
  from: formatKubeVersion(node.kubelet),
  estimatedSeconds: estimate.seconds,
  remembered: estimate.remembered,
  drains: drains.known ? drains.value : null,
});

const nodeToJson = (node: ClusterNode): object => ({
  name: node.name,
  uid: node.uid,
  kubelet: formatKubeVersion(node.kubelet),
  controlPlane: node.controlPlane,
  ...(node.controlPlane
    ? {
        staticPods: Object.fromEntries(
          CONTROL_PLANE_COMPONENTS.map((component) => {
            const version = node.staticPods.find((pod) => pod.component === component)?.version;
            return [component, version === undefined ? null : formatKubeVersion(version)];
          }),
        ),
      }
    : {}),
  ledger:
    node.upgradeRecord === undefined
      ? null
      : {
          ...node.upgradeRecord,
          from: formatKubeVersion(node.upgradeRecord.from),
          to: formatKubeVersion(node.upgradeRecord.to),
        },
});

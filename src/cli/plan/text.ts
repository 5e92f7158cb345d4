import { findingLines } from '../../upgrade/gate/findings-message.ts';
import type { Finding } from '../../upgrade/gate/finding.ts';
import { formatKubeVersion, kubeTag, type KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import { formatDuration } from '../../signals/notice.ts';
import { atTarget } from '../../upgrade/node/order.ts';
import { printable } from '../../text/printable.ts';
import { unreadableLines } from '../../upgrade/node/readings.ts';
import { ignoredUpgradeRecordOf, leftOutLines } from '../../upgrade/node/states.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { hookState } from '../../upgrade/host/restore-hook.ts';
import type { Paint, Style } from '../paint.ts';
import { NOT_CHECKED } from './unchecked.ts';
import { verdictOf, type PlannedStep, type PlanReport, type PlanVerdict, type UpgradeChecks } from './report.ts';

const SAYS: Readonly<Record<PlanVerdict, readonly [Style, string]>> = {
  'nothing-to-do': ['green', 'nothing to do'],
  clear: ['green', 'clear: a run would upgrade'],
  blocked: ['red', 'blocked: an operator must act or look'],
  'on-hold': ['yellow', 'on hold: only waiting or an approval helps'],
  paused: ['yellow', 'paused: a run would begin no node now'],
  halted: ['yellow', 'halted: the kill switch is on'],
};

/** A verdict in a sentence: `on hold`. */
export const wordOf = (verdict: PlanVerdict): string => verdict.replaceAll('-', ' ');

/** The plan for a person. */
export function planText(report: PlanReport, paint: Paint): string {
  const { cluster, detection, upgrade } = report;
  const [style, says] = SAYS[verdictOf(report)];
  const to = detection.target === undefined ? '' : ` → ${kubeTag(detection.target)} (${detection.kind})`;
  const sections = [
    [paint('bold', `${cluster}: ${kubeTag(detection.running)}${to}`), paint(style, says)],
    section('Running', versionLines(report), paint),
    section('Why', whyLines(report), paint),
    ...(upgrade === undefined ? [] : upgradeSections(upgrade, report, paint)),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const section = (title: string, lines: readonly string[], paint: Paint): string[] => [
  paint('bold', title),
  ...lines.map((line) => `  ${printable(line)}`),
];

function versionLines({ nodes }: PlanReport): string[] {
  const servers = nodes.flatMap(({ staticPods }) =>
    staticPods.flatMap(({ component, version }) =>
      component === 'kube-apiserver' ? [version === undefined ? 'unknown' : kubeTag(version)] : [],
    ),
  );
  return [
    `API servers  ${counted(servers) || 'none to be seen'}`,
    `kubelets     ${counted(nodes.map(({ kubelet }) => kubeTag(kubelet)))}`,
  ];
}

const counted = (texts: readonly string[]): string =>
  [...Map.groupBy([...texts].sort(), (text) => text)].map(([text, all]) => `${text} on ${all.length}`).join(', ');

function whyLines({
  detection: { reason, endOfLife },
  closed,
  halted,
  nodes,
  unreadable,
  excluded,
}: PlanReport): string[] {
  const says = endOfLife === undefined || reason.includes(endOfLife);
  return [
    reason,
    ...(says ? [] : [`The running minor gets patches until ${endOfLife}.`]),
    ...nodes.flatMap(ignoredUpgradeRecordOf),
    ...unreadableLines(unreadable).filter((line) => !reason.includes(line)),
    ...leftOutLines(excluded),
    ...(halted === undefined ? [] : [halted]),
    ...(closed === undefined ? [] : [`A run that started now would pause. ${closed}`]),
  ];
}

function upgradeSections(upgrade: UpgradeChecks, report: PlanReport, paint: Paint): string[][] {
  const { detection, maxUnavailable, nodes, restoreHook, formerHook } = report;
  const { gate, preflight, steps, left } = upgrade;
  const target = detection.target ?? detection.running;
  const unseen = [...gate.findings, ...preflight.findings].some(({ found }) => found.startsWith(NOT_CHECKED));
  return [
    section(`Gate: ${wordOf(gate.verdict)}`, findingsOrNone(gate.findings), paint),
    section(`Preflight: ${wordOf(preflight.verdict)}`, preflightLines(preflight), paint),
    section(
      'Nodes, in order',
      [...steps.map(stepLine), ...upgrade.orderProblems, ...left.map(leftLine(target))],
      paint,
    ),
    section('Drains', drainLines(upgrade), paint),
    section('Restore hook', [hookState(restoreHook, formerHook)], paint),
    section('Takes', [timeLine(upgrade, nodes, maxUnavailable)], paint),
    [
      `${paint('bold', 'Digest')} ${upgrade.digest}`,
      ...(unseen ? ['  of what was looked at: the one that a run shows may have more in it'] : []),
    ],
  ];
}

const preflightLines = ({ because, findings }: UpgradeChecks['preflight']): readonly string[] => [
  ...(because === undefined ? [] : [because]),
  ...findingsOrNone(findings),
];

const findingsOrNone = (findings: readonly Finding[]): readonly string[] =>
  findings.length === 0 ? ['no findings'] : findingLines(findings);

function stepLine({ node, role, turn, estimate, drains }: PlannedStep, place: number): string {
  const takes = `${formatDuration(estimate.seconds)}${estimate.remembered ? '' : ' (assumed)'}`;
  const begun =
    node.upgradeRecord === undefined
      ? ''
      : `; begun: ${node.upgradeRecord.phase} to ${formatKubeVersion(node.upgradeRecord.to)}${node.unschedulable ? ', cordoned' : ''}`;
  return `${place + 1}. ${node.name}  ${role === 'worker' ? turn : role}, at ${kubeTag(node.kubelet)}, ${takes}, ${drained(drains)}${begun}`;
}

function drained(drains: PlannedStep['drains']): string {
  if (!drains.known) return `drains: ${drains.reason}`;
  const shown = drains.value.slice(0, MOST_PODS).join(', ');
  const more = drains.value.length > MOST_PODS ? `, … ${drains.value.length - MOST_PODS} more` : '';
  return drains.value.length === 0 ? 'drains no pod' : `drains ${drains.value.length}: ${shown}${more}`;
}
const MOST_PODS = 4;

const leftLine =
  (target: KubeVersion) =>
  (node: ClusterNode): string =>
    `-  ${node.name}  skipped: ${atTarget(node, target) ? 'at the target' : `at ${kubeTag(node.kubelet)}, ahead or not asked for`}`;

const drainLines = ({ drainProblems, drainWarnings, steps }: UpgradeChecks): string[] => [
  ...drainProblems,
  ...drainWarnings.map((line) => `Warning: ${line}`),
  ...(drainProblems.length > 0
    ? []
    : [steps.length === 0 ? 'no node to drain' : 'nothing keeps a node from being drained']),
];

function timeLine({ seconds, steps }: UpgradeChecks, nodes: readonly ClusterNode[], maxUnavailable: number): string {
  const assumed = steps.filter(({ estimate }) => !estimate.remembered).length;
  const basis =
    assumed === 0
      ? 'as earlier upgrades took'
      : `${assumed} of them assumed, since no earlier upgrade of its kind tells`;
  return `about ${formatDuration(seconds)} for ${steps.length} of ${nodes.length} nodes, workers ${maxUnavailable} at once; ${basis}`;
}

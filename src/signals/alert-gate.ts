import { aboutNode } from './alert-node.ts';
import { ALERT_NAMES } from './alert-rules.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { atVersion } from '../upgrade/node/order.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import { Pattern } from '../text/pattern/pattern.ts';

/** A firing alert with its labels. */
export interface Alert {
  readonly name: string;
  /** All labels, including the name. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Which alerts block. */
export interface AlertScope {
  /** Empty: every severity except {@link HARMLESS}. */
  readonly severities: readonly string[];
  /** Regular expressions; each one must match the whole name. */
  readonly ignore: readonly string[];
  /** A label with the value "true" makes an alert a gate, for any severity. Any team can add its own gate with it. */
  readonly gateLabel: string;
}

/** A recent reboot blocks before a run. During a run, every node restarts. */
const RECENT_REBOOT = 'RecentNodeReboot';
/** Alerts about this project itself. An upgrade that stops on them could never resolve them. */
export const OWN_ALERTS: readonly string[] = ALERT_NAMES.filter((name) => name !== RECENT_REBOOT);
/** Alerts that fire by design, or only to silence others. */
const NEVER_A_REASON: readonly string[] = ['Watchdog', 'InfoInhibitor', ...OWN_ALERTS];
const HARMLESS: readonly string[] = ['info', 'none'];
const CRITICAL = 'critical';

/** Returns the alerts that block the start of a run. `restarted`: nodes that this project has restarted itself. */
export function alertsBefore(
  firing: readonly Alert[],
  scope: AlertScope,
  restarted: readonly ClusterNode[],
): readonly Alert[] {
  const isIgnored = ignoredBy(scope);
  return inOrder(
    firing
      .filter((alert) => !isIgnored(alert))
      .filter((alert) =>
        alert.name === RECENT_REBOOT ? !restarted.some((node) => aboutNode(alert, node)) : isInScope(alert, scope),
      ),
  );
}

/** Returns the alerts that may stop a run in progress, new or not. */
export function alertsDuring(firing: readonly Alert[], scope: AlertScope): readonly Alert[] {
  const isIgnored = ignoredBy(scope);
  return inOrder(
    firing.filter(
      (alert) => alert.name !== RECENT_REBOOT && !isIgnored(alert) && (isCritical(alert) || isInScope(alert, scope)),
    ),
  );
}

/**
 * Returns the alerts that are new since `baseline`; both lists come from {@link alertsDuring}.
 * An alert that fired before the run is not new, even when a drain gave its pod another name. One more alert of its
 * kind is new. A critical alert is always new.
 */
export function newAlerts(baseline: readonly Alert[], now: readonly Alert[]): readonly Alert[] {
  const before = Map.groupBy(baseline, kindOf);
  return inOrder(
    [...Map.groupBy(now, kindOf)].flatMap(([kind, alerts]) => {
      const known = (before.get(kind) ?? []).map(identityOf);
      const [more, old] = [alerts.length > known.length, new Set(known)];
      return alerts.filter((alert) => isCritical(alert) || (more && !old.has(identityOf(alert))));
    }),
  );
}

/**
 * Returns the nodes that an upgrade to the target has restarted: nodes in progress and upgraded nodes. Their restart
 * indicates no problem.
 */
export const restartedNodes = (nodes: readonly ClusterNode[], target: KubeVersion): readonly ClusterNode[] =>
  nodes.filter((node) => node.upgradeRecord !== undefined || atVersion(node, target));

/** Returns `KubePodCrashLooping{namespace="shop", pod="web-1"}`, for a person. */
export function formatAlert({ name, labels }: Alert): string {
  const pairs = Object.entries(labels)
    .filter(([label]) => label !== 'alertname')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(', ')}}`;
}

function ignoredBy({ ignore }: AlertScope): (alert: Alert) => boolean {
  const patterns = ignore.map((pattern) => new Pattern(`^(?:${pattern})$`));
  return ({ name }) => NEVER_A_REASON.includes(name) || patterns.some((pattern) => pattern.exec(name) !== null);
}

function isInScope({ labels }: Alert, { severities, gateLabel }: AlertScope): boolean {
  const { severity = '' } = labels;
  if (labels[gateLabel] === 'true') return true;
  // An alert without a severity may be harmful, so it counts.
  return severities.length === 0 ? !HARMLESS.includes(severity) : severities.includes(severity);
}

const isCritical = ({ labels }: Alert): boolean => labels['severity'] === CRITICAL;

/** Labels that identify one instance of a pod. After a drain, the same problem has other values. */
const INCARNATION: readonly string[] = ['pod', 'pod_ip', 'uid', 'container_id', 'id'];

const identityOf = ({ labels }: Alert): string => JSON.stringify(Object.entries(labels).sort(byName));
const kindOf = ({ labels }: Alert): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([label]) => !INCARNATION.includes(label))
      .sort(byName),
  );
const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** Returns each alert once, in an order that does not depend on the input. */
const inOrder = (alerts: readonly Alert[]): readonly Alert[] =>
  [...new Map(alerts.map((alert) => [formatAlert(alert), alert]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, alert]) => alert);

import { aboutNode } from './alert-node.ts';
import { ALERT_NAMES } from './alert-rules.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { atVersion } from '../upgrade/node/order.ts';
import type { ClusterNode } from '../upgrade/node/node.ts';
import { Pattern } from '../text/pattern/pattern.ts';

/** One alert that fires, as its labels tell it. */
export interface Alert {
  readonly name: string;
  /** All of them, the name included. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Which alerts stand in the way. */
export interface AlertScope {
  /** Empty: every severity but {@link HARMLESS}. */
  readonly severities: readonly string[];
  /** Regular expressions, each of which must fit the whole name. */
  readonly ignore: readonly string[];
  /** A label that makes an alert a gate when it is "true", whatever its severity: by it any team can add its own. */
  readonly gateLabel: string;
}

/** Before a run a reboot is unrest; in a run every node is restarted. */
export const RECENT_REBOOT = 'RecentNodeReboot';
/** What the pipeline says of itself: an upgrade that stops on it could never clear it. */
export const OWN_ALERTS: readonly string[] = ALERT_NAMES.filter((name) => name !== RECENT_REBOOT);
/** They fire by design, or only to silence others. */
const NEVER_A_REASON: readonly string[] = ['Watchdog', 'InfoInhibitor', ...OWN_ALERTS];
const HARMLESS: readonly string[] = ['info', 'none'];
const CRITICAL = 'critical';

/** What keeps a run from beginning. `restarted`: nodes that this pipeline itself has restarted. */
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

/** What may stop a run that has begun, whether it is new or not. */
export function alertsDuring(firing: readonly Alert[], scope: AlertScope): readonly Alert[] {
  const isIgnored = ignoredBy(scope);
  return inOrder(
    firing.filter(
      (alert) => alert.name !== RECENT_REBOOT && !isIgnored(alert) && (isCritical(alert) || isInScope(alert, scope)),
    ),
  );
}

/**
 * What has come up since `baseline`, both as {@link alertsDuring} says them. What fired before the run is no news, also
 * when a drain has given its pod another name; but one more of its kind is. A critical alert is always news.
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

/** Nodes that an upgrade to the target has restarted, and so are no sign of unrest: begun, or done already. */
export const restartedByUs = (nodes: readonly ClusterNode[], target: KubeVersion): readonly ClusterNode[] =>
  nodes.filter((node) => node.ledger !== undefined || atVersion(node, target));

/** `KubePodCrashLooping{namespace="shop", pod="web-1"}`, for a person. */
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
  // An alert without a severity is not known to be harmless.
  return severities.length === 0 ? !HARMLESS.includes(severity) : severities.includes(severity);
}

const isCritical = ({ labels }: Alert): boolean => labels['severity'] === CRITICAL;

/** Labels that name one incarnation of a pod: after a drain the same trouble has others. */
const INCARNATION: readonly string[] = ['pod', 'pod_ip', 'uid', 'container_id', 'id'];

const identityOf = ({ labels }: Alert): string => JSON.stringify(Object.entries(labels).sort(byName));
const kindOf = ({ labels }: Alert): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([label]) => !INCARNATION.includes(label))
      .sort(byName),
  );
const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

/** The same list for the same alerts in any order, each once. */
const inOrder = (alerts: readonly Alert[]): readonly Alert[] =>
  [...new Map(alerts.map((alert) => [formatAlert(alert), alert]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, alert]) => alert);

import { alertsBefore, formatAlert, restartedNodes, type Alert } from '../../signals/alert-gate.ts';
import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { splitByWork, type PassedAlert } from '../../signals/own-work.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

export function judgeAlerts({ alerts, nodes }: PreflightFacts, { alerts: scope, target }: PreflightInput): Finding[] {
  if (alerts === undefined) return [NOBODY_ASKED];
  if (!alerts.known) return [notSeen(alerts.reason)];
  const before = alertsBefore(alerts.value, scope, restartedNodes(nodes, target));
  const { counted, passed } = splitByWork(before, { nodes }, scope);
  return [...counted.map(firing), ...passed.map(passedBy)];
}

const passedBy = ({ alert, because }: PassedAlert): Finding =>
  finding('alert-passed', 'warning', alert.name, {
    found: `${formatAlert(alert)} firing, ignored because ${because}`,
    needed: 'no alert firing',
    remedy: 'This upgrade resumes. The alert counts again once the upgrade no longer explains it.',
  });

const firing = (alert: Alert): Finding =>
  finding('alert-firing', 'actionable', alert.name, {
    found: `${formatAlert(alert)} firing`,
    needed: 'no alert firing',
    remedy: 'Correct its cause, or name it in monitoring.alerts.ignore when it says nothing about upgrades.',
  });

const notSeen = (reason: string): Finding =>
  finding('alerts-unknown', 'unknown', 'the alerts', {
    found: `no answer: ${reason}`,
    needed: 'to know which alerts fire',
    remedy: 'Correct the cause. The next scheduled run checks again.',
  });

const NOBODY_ASKED: Finding = finding('alerts-off', 'warning', 'the alerts', {
  found: 'no source for the alerts that fire',
  needed: 'a Prometheus or an Alertmanager',
  remedy: 'Name it in monitoring, so that an alert can stop an upgrade.',
});

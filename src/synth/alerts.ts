import { ApiObject, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { ALERT_GROUP, alertRules, promDuration, type AlertName, type AlertRule } from '../signals/alert-rules.ts';
import { CLUSTER_LABEL } from '../signals/gauges.ts';
import { ALERT_RULES, labelled, RULE_FILE } from './names.ts';
import type { ClusterSettings } from './settings.ts';

/** What a rule file holds, and the spec of a PrometheusRule as well. */
export interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly object[] }[];
}

type Alerting = Pick<ClusterSettings, 'name' | 'alerts' | 'snapshot'>;

const annotations = { 'argocd.argoproj.io/sync-wave': '-1' };

/** The alert rules, in the forms that the cluster's Prometheus takes; nothing where it is said to take none. */
export function alerts(scope: Construct, settings: Alerting): void {
  const { prometheusRule, configMap } = settings.alerts;
  if (prometheusRule !== undefined) {
    const { namespace, labels } = prometheusRule;
    new ApiObject(scope, 'alert-rules', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: ALERT_RULES, namespace, labels: labelled(labels), annotations },
      spec: ruleGroups(settings),
    });
  }
  if (configMap !== undefined) {
    const { namespace, labels } = configMap;
    new k8s.KubeConfigMap(scope, 'alert-rules-file', {
      metadata: { name: ALERT_RULES, namespace, labels: labelled(labels), annotations },
      data: { [RULE_FILE]: ruleFile(settings) },
    });
  }
}

/** As Prometheus itself reads it (rule_files). */
export const ruleFile = (settings: Alerting): string => Yaml.stringify(ruleGroups(settings));

export function ruleGroups({ name, alerts, snapshot }: Alerting): RuleGroups {
  // Where the operator does without snapshots, a missing one is no news.
  const rules = alertRules(alerts, name).filter(({ alert }) => snapshot.mode !== 'none' || alert !== NO_SNAPSHOT);
  return { groups: [{ name: ALERT_GROUP, rules: rules.map((rule) => written(rule, name, alerts.runbookUrl)) }] };
}

const NO_SNAPSHOT: AlertName = 'EtcdPreUpgradeSnapshotMissing';

const written = (
  { alert, expr, forSeconds, severity, summary, description }: AlertRule,
  cluster: string,
  runbookUrl: string | undefined,
): object => ({
  alert,
  expr,
  ...(forSeconds === 0 ? {} : { for: promDuration(forSeconds) }),
  // Without the label, Alertmanager takes the alerts of two clusters of one Prometheus for one alert.
  labels: { severity, [CLUSTER_LABEL]: cluster },
  annotations: {
    summary,
    description,
    ...(runbookUrl === undefined ? {} : { runbook_url: `${runbookUrl}/${alert}.md` }),
  },
});

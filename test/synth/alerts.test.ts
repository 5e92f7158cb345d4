import { expect } from 'chai';
import { parse } from 'yaml';
import { printRules } from '../../src/cli/rules.ts';
import { ALERT_NAMES, alertRules } from '../../src/signals/alert-rules.ts';
import { EVERYTHING, MINIMAL, ofKind, render, settingsOf, type KubeObject } from './support/render.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
interface RuleGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

const METRICS = "metrics: { pushgatewayUrl: 'http://pushgateway:9091' }\n";
const NAME = 'k8s-upgrade-alert-rules';

const prometheusRules = (yaml: string): readonly (KubeObject & { spec: RuleGroups })[] =>
  ofKind(render(yaml).objects, 'PrometheusRule') as readonly (KubeObject & { spec: RuleGroups })[];
const ruleFiles = (yaml: string): readonly (KubeObject & { data: Record<string, string> })[] =>
  ofKind(render(yaml).objects, 'ConfigMap').filter(({ metadata }) => metadata.name === NAME) as never;
const rulesOf = (yaml: string): readonly Rule[] => prometheusRules(yaml)[0]?.spec.groups[0]?.rules ?? [];

const AS_RULE = `${MINIMAL}${METRICS}alerts: { prometheusRule: {} }\n`;

describe('the alert rules', () => {
  it('are those of the specification: names, severities, and for how long', () => {
    expect(rulesOf(AS_RULE).map((rule) => [rule.alert, rule.for ?? '0', rule.labels['severity']])).to.deep.equal([
      ['K8sVersionSkew', '30m', 'warning'],
      ['EtcdPreUpgradeSnapshotMissing', '10m', 'critical'],
      ['K8sUpgradeStalled', '5m', 'critical'],
      ['K8sUpgradeChainFailed', '15m', 'warning'],
      ['K8sUpgradeBlocked', '0', 'warning'],
      ['K8sVersionCheckStale', '1h', 'warning'],
      ['K8sUpgradeInProgress', '0', 'info'],
      ['RecentNodeReboot', '0', 'info'],
    ]);
    expect(rulesOf(AS_RULE).map(({ alert }) => alert)).to.deep.equal(ALERT_NAMES);
  });

  it('miss a snapshot unless the operator does without: also that of the built-in backup', () => {
    const names = (mode: string): string[] =>
      rulesOf(`${AS_RULE}snapshot: { mode: ${mode} }\n`).map(({ alert }) => alert);
    const without = ALERT_NAMES.filter((name) => name !== 'EtcdPreUpgradeSnapshotMissing');
    expect(names('cron-job')).to.deep.equal(ALERT_NAMES);
    expect(names('built-in')).to.deep.equal(ALERT_NAMES);
    expect(names('none')).to.deep.equal(without);
  });

  it('are nowhere unless it is said where', () => {
    expect(prometheusRules(`${MINIMAL}${METRICS}`)).to.be.empty;
    expect(ruleFiles(`${MINIMAL}${METRICS}`)).to.be.empty;
  });

  it('are a PrometheusRule where and with the labels that the settings say', () => {
    const [rule] = prometheusRules(EVERYTHING);
    expect(rule?.apiVersion).to.equal('monitoring.coreos.com/v1');
    expect(rule?.metadata).to.deep.include({
      name: NAME,
      namespace: 'monitoring',
      labels: { release: 'kube-prometheus-stack', 'app.kubernetes.io/part-of': 'argo-kubeadm-upgrade' },
    });
    expect(rule?.spec.groups.map(({ name }) => name)).to.deep.equal(['Upgrade Gates']);
    expect(prometheusRules(AS_RULE)[0]?.metadata.namespace).to.equal('k8s-upgrade');
  });

  it('are the same in the ConfigMap, in the PrometheusRule and on the terminal', () => {
    const [file] = ruleFiles(EVERYTHING);
    expect(file?.metadata.namespace).to.equal('prometheus');
    expect(parse(file?.data['upgrade-gates.yaml'] ?? '')).to.deep.equal(prometheusRules(EVERYTHING)[0]?.spec);
    const { says, exitCode } = printRules(['--cluster', 'example']);
    expect(exitCode).to.equal(0);
    const example = says
      .replaceAll('cluster="example"', 'cluster="lab"')
      .replaceAll('cluster: example', 'cluster: lab');
    expect(parse(example)).to.deep.equal(prometheusRules(AS_RULE)[0]?.spec);
  });

  it('read the gauges of their own cluster only, and say in a label which cluster it is', () => {
    for (const { expr, labels } of rulesOf(AS_RULE)) {
      expect([...expr.matchAll(/k8s_\w+(?!\w)(?!\{cluster="lab"\})/g)].map(([gauge]) => gauge)).to.deep.equal([]);
      expect(labels['cluster']).to.equal('lab');
    }
    expect(rulesOf(AS_RULE).filter(({ expr }) => expr.includes('k8s_')).length).to.be.greaterThan(5);
  });

  it('name their page of the runbook only where there is one', () => {
    const [first] = rulesOf(EVERYTHING);
    expect(first?.annotations['runbook_url']).to.equal('https://git.example.com/runbook/K8sVersionSkew.md');
    for (const { annotations } of rulesOf(AS_RULE)) expect(annotations).to.have.all.keys('summary', 'description');
  });

  it('have the numbers of the settings in what they do and in what they say', () => {
    const rules = new Map(alertRules(settingsOf(EVERYTHING).alerts, 'lab').map((rule) => [rule.alert, rule]));
    expect(rules.get('K8sVersionSkew')?.forSeconds).to.equal(1);
    expect(rules.get('EtcdPreUpgradeSnapshotMissing')?.forSeconds).to.equal(2);
    expect(rules.get('K8sUpgradeStalled')).to.include({ forSeconds: 0 });
    expect(rules.get('K8sUpgradeStalled')?.expr).to.include('> 60\n');
    expect(rules.get('K8sUpgradeStalled')?.description).to.include('expected at most 1 minute.');
    expect(rules.get('K8sUpgradeChainFailed')?.forSeconds).to.equal(90);
    // 170 hours, and the day that it has to be so.
    expect(rules.get('K8sVersionCheckStale')?.expr).to.include('> 612000\n').and.to.include('[194h]');
    expect(rules.get('K8sUpgradeInProgress')?.expr).to.include('> 698400\n').and.to.include('[194h]');
    expect(rules.get('RecentNodeReboot')?.expr).to.match(/ < 7200$/);
    expect(rules.get('RecentNodeReboot')?.description).to.include('less than 2 hours ago');
    expect(
      rulesOf(EVERYTHING)
        .map((rule) => rule.for ?? '0')
        .join(' '),
    ).to.equal('1s 2s 0 90s 0 24h 0 0');
  });
});

describe('printing the rules', () => {
  it('asks for the cluster, since the rules select its gauges by its name', () => {
    expect(printRules([])).to.deep.equal({
      exitCode: 2,
      says: '--cluster: saw nothing, expected <name>\nnpm run -s rules -- --cluster <name>\nnpm run -s rules -- --help explains them.\n',
    });
  });

  it('tells a cluster that is not there, and an option that is not one', () => {
    const missing = printRules(['--cluster', 'nowhere']);
    expect(missing.exitCode).to.equal(2);
    expect(missing.says).to.equal(
      '--cluster  saw nowhere, expected a file in clusters/; there are example, example-monitored\n',
    );
    expect(printRules(['--clutser', 'x'])).to.deep.equal({
      exitCode: 2,
      says: '--clutser: not an option; did you mean --cluster?\n--cluster: saw nothing, expected <name>\nnpm run -s rules -- --cluster <name>\nnpm run -s rules -- --help explains them.\n',
    });
  });
});

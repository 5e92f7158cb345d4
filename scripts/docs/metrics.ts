import { clusterSchema } from '../../src/cluster/schema.ts';
import { readSettings } from '../../src/cluster/read.ts';
import { alertRules, promDuration, type AlertRule } from '../../src/signals/alert-rules.ts';
import { CLUSTER_LABEL, GAUGES, UPGRADE_JOB, VERSION_CHECK_JOB } from '../../src/signals/gauges.ts';
import { FOREIGN_SERIES, type Scrape } from '../../src/signals/series.ts';
import { code, table } from './markdown.ts';

/** The defaults of the schema need an address for images; no rule asks for one. */
const DEFAULTS = readSettings('images: { repository: localhost/none }\n', 'the defaults').settings;

const SCRAPES: Readonly<Record<Scrape, string>> = {
  pushgateway: 'the Pushgateway',
  'kube-state-metrics': 'kube-state-metrics',
  'api-servers': 'the API servers',
  kubelets: 'the kubelets',
  prometheus: 'Prometheus itself',
};

/** What the pipeline tells, what it reads of others, and what it wakes people for. */
export function metricsPage(): string {
  return [
    '# Metrics and alerts',
    'Written from `src/signals/gauges.ts`, `series.ts` and `alert-rules.ts` by `npm run docs`; do not edit.',
    '## Gauges',
    `Steps push them to the Pushgateway of \`metrics.pushgatewayUrl\`, to be scraped with \`honor_labels: true\`: what is of a run under the job \`${UPGRADE_JOB}\`, what is of a version check under \`${VERSION_CHECK_JOB}\`. Rules go by the name, never by the job, which scrape settings rewrite.`,
    `Every group and every gauge has the label \`${CLUSTER_LABEL}\` with the name of the settings file, such as \`prod\`. Clusters with different names can share a Pushgateway. The rules and the dashboard of a cluster read only its own gauges, and its alerts have the same label. Series of others have no such label, so the Prometheus that evaluates the rules must scrape one cluster only.`,
    table(
      ['gauge', 'what it says'],
      Object.entries(GAUGES).map(([name, says]) => [code(name), says]),
    ),
    '## Series of others that the rules and the dashboard read',
    table(
      ['series', 'scraped from', 'labels that are used', 'source'],
      Object.entries(FOREIGN_SERIES).map(([name, { scrape, labels, source }]) => [
        code(name),
        SCRAPES[scrape],
        labels.map(code).join(', '),
        `[${source.date}](${source.url})`,
      ]),
    ),
    '## Alerts',
    'With the defaults of `alerts`; each number is a [setting](settings.md#alerts).',
    table(
      ['alert', 'severity', 'for', 'summary', 'runbook'],
      rules().map(({ alert, severity, forSeconds, summary }) => [
        code(alert),
        severity,
        forSeconds === 0 ? 'at once' : promDuration(forSeconds),
        summary,
        `[what to do](../runbook/${alert}.md)`,
      ]),
    ),
    ...rules().map(ruleSection),
  ]
    .join('\n\n')
    .concat('\n');
}

function rules(): readonly AlertRule[] {
  if (DEFAULTS === undefined) throw new Error(`the defaults of ${clusterSchema.title} are no settings`);
  return alertRules(DEFAULTS.alerts, 'prod');
}

const ruleSection = ({ alert, expr, description }: AlertRule): string =>
  [`### ${alert}`, code(description).replaceAll('\n', ' '), `\`\`\`promql\n${expr}\n\`\`\``].join('\n\n');

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { built, SWITCH } from '../../kit/cluster.ts';
import { inLab, kubectl, must, REPO, sleep, until } from '../../kit/commands.ts';
import { Daemon, PUSHGATEWAY, server, startChat, startPushgateway } from '../../kit/daemons.ts';
import { addresses } from '../../kit/nodes.ts';
import { check, noteLines } from '../../kit/record.ts';
import { SETTINGS } from './cluster.ts';
import { loadCluster } from '../../../src/cluster/load.ts';
import { panels } from '../../../src/synth/dashboard.ts';
import { alertRules } from '../../../src/signals/alert-rules.ts';
import { SERIES } from '../../../src/signals/series.ts';

export const PROMETHEUS = `http://${SWITCH}:9090`;
export const ALERTMANAGER = `http://${SWITCH}:9093`;
export const FAULTY = `http://${SWITCH}:9095`;
const KUBE_STATE_METRICS = `http://${SWITCH}:9096`;

const FOLDER = join(REPO, 'build/signals');
const SCRAPE_SECONDS = 2;

/** Alerts that the campaign can have fire, by name, with their labels. */
const LAB_ALERTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LabBefore: { severity: 'warning' },
  LabDuring: { severity: 'warning' },
  LabTeam: { severity: 'info', upgrade_gate: 'true' },
};

/** All that watches or is told, real ones but for the chat, for as long as the work takes. */
export async function withMonitoring(work: (prometheus: Restartable) => Promise<void>): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await writeFiles();
  const [alertmanager, states, prometheus] = await Promise.all([
    built('alertmanager'),
    built('kube-state-metrics'),
    built('prometheus'),
  ]);
  const restartable = new Restartable([
    prometheus,
    `--config.file=${FOLDER}/prometheus.yml`,
    `--storage.tsdb.path=${FOLDER}/data`,
    `--web.listen-address=${new URL(PROMETHEUS).host}`,
  ]);
  const alerts = [
    alertmanager,
    `--config.file=${FOLDER}/alertmanager.yml`,
    `--storage.path=${FOLDER}/alertmanager`,
    `--web.listen-address=${new URL(ALERTMANAGER).host}`,
    '--cluster.listen-address=',
  ];
  const objects = [
    states,
    `--kubeconfig=${FOLDER}/kubeconfig`,
    ...[`--host=${SWITCH}`, '--port=9096'],
    ...[`--telemetry-host=${SWITCH}`, '--telemetry-port=9097'],
    '--resources=nodes,pods',
  ];
  const daemons = [
    await startPushgateway(),
    await Daemon.start(alerts, `${ALERTMANAGER}/-/ready`),
    await Daemon.start(objects, `${KUBE_STATE_METRICS}/healthz`),
    await startChat(),
    await Daemon.start(server('faulty-monitoring.mjs', FAULTY, PROMETHEUS), FAULTY),
  ];
  try {
    await restartable.start();
    await work(restartable);
  } finally {
    await restartable.stop();
    for (const daemon of daemons.toReversed()) await daemon.stop();
  }
}

/** A Prometheus that goes and comes back with what it knew. */
export class Restartable {
  readonly #command: readonly string[];
  #daemon: Daemon | undefined;

  constructor(command: readonly string[]) {
    this.#command = command;
  }

  async start(): Promise<void> {
    this.#daemon = await Daemon.start(this.#command, `${PROMETHEUS}/-/ready`);
    await until('Prometheus has looked at everything once', 60, () => sample('min(up)'), '1');
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
    this.#daemon = undefined;
  }
}

async function writeFiles(): Promise<void> {
  const write = (name: string, text: string): void => {
    writeFileSync(join(FOLDER, name), text, { mode: 0o600 });
  };
  write('kubeconfig', await kubectl('config', 'view', '--raw', '--flatten'));
  const admin = async (field: string): Promise<string> => {
    const path = `jsonpath={.users[0].user.client-${field}-data}`;
    return Buffer.from(await kubectl('config', 'view', '--raw', '--flatten', '-o', path), 'base64').toString('utf8');
  };
  write('client.crt', await admin('certificate'));
  write('client.key', await admin('key'));
  write('upgrade-rules.yml', await must('npm', ['run', '-s', 'rules', '--', '--cluster', SETTINGS.file]));
  write('lab-rules.yml', JSON.stringify({ groups: [{ name: 'lab', interval: '1s', rules: labRules() }] }));
  write('alertmanager.yml', JSON.stringify({ route: { receiver: 'none' }, receivers: [{ name: 'none' }] }));
  write('prometheus.yml', JSON.stringify(await prometheusConfig(), null, 2));
}

const labRules = (): object[] =>
  Object.entries(LAB_ALERTS).map(([alert, labels]) => ({ alert, expr: `lab_alarm{alert="${alert}"} == 1`, labels }));

async function prometheusConfig(): Promise<object> {
  const tls = {
    scheme: 'https',
    tls_config: {
      cert_file: join(FOLDER, 'client.crt'),
      key_file: join(FOLDER, 'client.key'),
      insecure_skip_verify: true,
    },
  };
  const ports = async (port: number, selector?: string): Promise<string[]> =>
    (await addresses(selector)).map((address) => `${address}:${port}`);
  const scrape = (job: string, targets: readonly string[], more: object = {}): object => ({
    job_name: job,
    static_configs: [{ targets }],
    ...more,
  });
  const host = (url: string): string => new URL(url).host;
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: '2s' },
    rule_files: ['upgrade-rules.yml', 'lab-rules.yml'].map((name) => join(FOLDER, name)),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [host(ALERTMANAGER)] }] }] },
    scrape_configs: [
      scrape('pushgateway', [host(PUSHGATEWAY)], { honor_labels: true }),
      scrape('kube-state-metrics', [host(KUBE_STATE_METRICS)], { honor_labels: true }),
      scrape('prometheus', [host(PROMETHEUS)]),
      scrape('apiserver', await ports(6443, 'node-role.kubernetes.io/control-plane'), tls),
      scrape('kubelet', await ports(10250), tls),
    ],
  };
}

interface Sampled {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly values?: [number, string][];
}

/** The value of the first answer of Prometheus; `none` without one. Throws with its own words. */
export async function sample(expression: string): Promise<string> {
  const [first] = await ask('query', { query: expression });
  return first?.value?.[1] ?? 'none';
}

/** Value by second since the epoch, of a query with one answer. */
export async function history(expression: string, fromMs: number, toMs: number): Promise<ReadonlyMap<number, number>> {
  const range = { start: seconds(fromMs), end: seconds(toMs), step: '1' };
  const [series] = await ask('query_range', { query: expression, ...range });
  return new Map((series?.values ?? []).map(([at, value]) => [at, Number(value)]));
}

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

async function ask(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<Sampled[]> {
  const words = Object.entries(parameters).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]);
  const text = await inLab('curl', '-s', '-G', ...words, `${PROMETHEUS}/api/v1/${endpoint}`);
  const { status, error, data } = JSON.parse(text) as { status: string; error?: string; data: { result: Sampled[] } };
  if (status !== 'success') throw new Error(`Prometheus: ${error ?? text} (${parameters['query'] ?? ''})`);
  return data.result;
}

/** The alert fires, or fires no more, as Prometheus and what it has told have it. */
export async function alarm(alert: keyof typeof LAB_ALERTS, on: boolean): Promise<void> {
  const url = `${PUSHGATEWAY}/metrics/job/lab/alert/${alert}`;
  await must('lab/in-lab.sh', ['curl', '-sf', '--data-binary', '@-', url], `lab_alarm ${Number(on)}\n`);
  const firing = `count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0)`;
  await until(`${alert} fires: ${on}`, 60, () => sample(firing), String(Number(on)));
}

/** Long enough for what was pushed to be scraped and for rules to have been looked at. */
export const settle = (): Promise<void> => sleep(3 * SCRAPE_SECONDS);

/** Every series that a rule or the dashboard reads has been scraped, and each of their queries is one. */
export async function readSeries(): Promise<void> {
  for (const [name, scrape] of SERIES) {
    const count = await sample(`count(last_over_time(${name}[1h]))`);
    check(`series ${name} of ${scrape}`, 'exists', Number(count) > 0 ? 'exists' : 'nobody has it');
  }
  const { name: cluster, alerts } = loadCluster(SETTINGS.file);
  const queries = [
    ...alertRules(alerts, cluster).map(({ expr }) => expr),
    ...panels(alerts).flatMap((panel) => panel.queries.map(({ expr }) => expr.replaceAll('$cluster', cluster))),
  ];
  const refused: string[] = [];
  for (const expr of queries) await sample(expr).catch((error: unknown) => refused.push(String(error)));
  check('queries of rules and dashboard that Prometheus refuses', 'none', refused.join('; ') || 'none');
  noteLines(`${queries.length} queries were asked.`);
}

import { App, Chart, YamlOutputType } from 'cdk8s';
import { STEPS } from '../steps/catalog.ts';
import { accessOf } from './access.ts';
import { alerts } from './alerts.ts';
import { etcdBackup } from './backup.ts';
import { dashboard } from './dashboard.ts';
import { doctorTemplate } from './doctor.ts';
import { resetTemplate, rollbackTemplate } from './errands.ts';
import { credentials, knownHosts, namespace, runState } from './namespace.ts';
import { networkPolicies } from './network.ts';
import { nightlyWorkflow } from './nightly.ts';
import { reportWorkflow } from './report.ts';
import { rotateTemplate } from './rotate.ts';
import type { ClusterSettings } from './settings.ts';
import { detectTemplate, upgradeNodeTemplate, upgradeTemplate } from './upgrade.ts';

/** One chart, so one folder, per cluster; one file per object. */
export function buildApp(clusters: readonly ClusterSettings[], outdir: string): App {
  const app = new App({
    outdir,
    outputFileExtension: '.yaml',
    yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
  });
  for (const settings of clusters) clusterChart(app, settings);
  return app;
}

function clusterChart(app: App, settings: ClusterSettings): void {
  const chart = new Chart(app, settings.name, { disableResourceNameHashes: true });
  namespace(chart, settings);
  knownHosts(chart);
  runState(chart);
  credentials(chart, settings);
  networkPolicies(chart, settings);
  etcdBackup(chart, settings);
  for (const step of STEPS) accessOf(chart, step, settings);
  upgradeTemplate(chart, settings);
  upgradeNodeTemplate(chart, settings);
  detectTemplate(chart, settings);
  resetTemplate(chart, settings);
  rollbackTemplate(chart, settings);
  rotateTemplate(chart, settings);
  nightlyWorkflow(chart, settings);
  reportWorkflow(chart, settings);
  doctorTemplate(chart, settings);
  alerts(chart, settings);
  dashboard(chart, settings);
}

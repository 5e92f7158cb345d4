import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { rbac } from './access.ts';
import { alerts } from './alerts.ts';
import { backupNamespace, etcdBackup } from './backup.ts';
import { dashboard } from './dashboard.ts';
import { doctorTemplate } from './doctor.ts';
import { manifestFile, textOf, type ManifestFile } from './manifest-file.ts';
import { DETECT, DOCTOR, REPORT, RESET, ROLLBACK, ROTATE, UPGRADE, UPGRADE_NODE } from './names.ts';
import { credentials, knownHosts, namespace, runState } from './namespace.ts';
import { networkPolicies } from './network.ts';
import { nightlyWorkflow } from './nightly.ts';
import { resetTemplate } from './operations/reset.ts';
import { rollbackTemplate } from './operations/rollback.ts';
import { rotateTemplate } from './operations/rotate.ts';
import { reportSchedule, reportTemplate } from './report.ts';
import type { ClusterSettings } from './settings.ts';
import { detectTemplate, upgradeNodeTemplate, upgradeTemplate } from './upgrade.ts';

type Fill = (scope: Construct, settings: ClusterSettings) => void;

/**
 * The files of a cluster, without `.yaml`, and what fills each. The order of the names is the order of Argo CD's sync
 * waves, and all objects of a file have the same wave. kubectl knows no waves: it applies the files in the order of their
 * names. docs/decisions/0033-dist-by-review.md says why these groups.
 */
const FILES: Readonly<Record<string, readonly Fill[]>> = {
  '00-namespace': [namespace, backupNamespace],
  '10-state': [knownHosts, runState],
  '11-credentials': [credentials],
  '20-network': [networkPolicies],
  '21-etcd-backup': [etcdBackup],
  '22-alerts': [alerts],
  '23-dashboard': [dashboard],
  '30-rbac': [rbac],
  [workflowFile(UPGRADE)]: [upgradeTemplate],
  [workflowFile(UPGRADE_NODE)]: [upgradeNodeTemplate],
  [workflowFile(DETECT)]: [detectTemplate],
  [workflowFile(RESET)]: [resetTemplate],
  [workflowFile(ROLLBACK)]: [rollbackTemplate],
  [workflowFile(ROTATE)]: [rotateTemplate],
  [workflowFile(REPORT)]: [reportTemplate],
  [workflowFile(DOCTOR)]: [doctorTemplate],
  '50-schedules': [nightlyWorkflow, reportSchedule],
};

/** The file of a WorkflowTemplate, without `.yaml`. */
function workflowFile(template: string): string {
  return `40-${template}`;
}

/** Writes the manifests of each cluster to a folder of its name in `outdir`. */
export function writeManifests(clusters: readonly ClusterSettings[], outdir: string): void {
  for (const settings of clusters) {
    const folder = join(outdir, settings.name);
    mkdirSync(folder, { recursive: true });
    for (const file of manifestFiles(settings)) writeFileSync(join(folder, file.name), textOf(file));
  }
}

/** Renders a cluster: one chart per file. A file that the settings leave empty is left out. */
export function manifestFiles(settings: ClusterSettings): ManifestFile[] {
  const app = new App();
  const charts = Object.entries(FILES).map(([file, fills]) => {
    const chart = new Chart(app, file, { disableResourceNameHashes: true });
    for (const fill of fills) fill(chart, settings);
    return chart;
  });
  return charts.filter(({ node }) => node.children.length > 0).map(manifestFile);
}

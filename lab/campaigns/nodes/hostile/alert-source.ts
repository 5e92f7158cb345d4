import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../../../kit/commands.ts';
import { Daemon } from '../../../kit/daemon.ts';

/** An Alertmanager whose alerts an attacker controls. */
export const ALERT_SOURCE = 'http://10.210.0.1:9093';

const FOLDER = join(REPO, 'build/nodes-hostile');
const FILE = join(FOLDER, 'alerts.json');

/** Serves the given alerts, each as its set of labels, while `work` runs. */
export async function withAlerts(
  alerts: readonly Readonly<Record<string, string>>[],
  work: () => Promise<void>,
): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, JSON.stringify(alerts));
  const { hostname, port } = new URL(ALERT_SOURCE);
  const daemon = await Daemon.start(['node', `${REPO}/lab/servers/alerts.mjs`, hostname, port, FILE], ALERT_SOURCE);
  try {
    await work();
  } finally {
    await daemon.stop();
  }
}

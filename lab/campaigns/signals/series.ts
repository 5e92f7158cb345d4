import type { CampaignRecord } from '../../kit/record.ts';
import { loadCluster } from '../../../src/cluster/load.ts';
import { panels } from '../../../src/synth/dashboard.ts';
import { alertRules } from '../../../src/signals/alert-rules.ts';
import { SERIES } from '../../../src/signals/series.ts';
import { SETTINGS } from './cluster.ts';
import { query } from './monitoring.ts';

/** Every series that a rule or the dashboard reads has been scraped, and each of their queries is one. */
export async function readSeries(record: CampaignRecord): Promise<void> {
  for (const [name, scrape] of SERIES) {
    const [answer] = await query(`count(last_over_time(${name}[1h]))`);
    record.check(`series ${name} of ${scrape}`, 'exists', (answer?.value ?? 0) > 0 ? 'exists' : 'nobody has it');
  }
  const { name: cluster, alerts } = loadCluster(SETTINGS.file);
  const queries = [
    ...alertRules(alerts, cluster).map(({ expr }) => expr),
    ...panels(alerts).flatMap((panel) => panel.queries.map(({ expr }) => expr.replaceAll('$cluster', cluster))),
  ];
  const refused: string[] = [];
  for (const expr of queries) await query(expr).catch((error: unknown) => refused.push(String(error)));
  record.check('queries of rules and dashboard that Prometheus refuses', 'none', refused.join('; ') || 'none');
  record.note(`  ${queries.length} queries were asked.`);
}

/**
 * Whoever watches a run, and whoever is told of it: a real Prometheus with the rules of the repository, Alertmanager,
 * Pushgateway and kube-state-metrics, and a chat that writes down what is posted. Every end that a run can have, and what
 * the gauges, the namespace and the messages say of it; monitoring in every state that it may be met in. Prints a line per
 * point. `--keep` leaves the lab up; `--record FILE` writes the record there.
 */
import { bringUp } from './campaign/bring-up.ts';
import { campaign, part } from './campaign/campaign.ts';
import { must } from './campaign/commands.ts';
import { SLACK_WEBHOOK } from './signals/chat.ts';
import { NEXT, RUNNING, SETTINGS } from './signals/cluster.ts';
import { inTheCluster } from './signals/in-cluster.ts';
import { faultyMonitoring } from './signals/faulty.ts';
import { withMonitoring } from './signals/monitoring.ts';
import { nothingTouched } from './signals/nothing-touched.ts';
import { readSeries } from './signals/series.ts';
import { underWay } from './signals/under-way.ts';

const shape = {
  ...{ controlPlanes: 1, workers: 2, version: RUNNING },
  builds: `v${RUNNING}=v${RUNNING} v${NEXT}=v${NEXT}`,
};

await campaign('Whoever watches, and whoever is told', async (record) => {
  await must('npm', ['run', '-s', 'bundle']);
  await bringUp(shape, SETTINGS, { slack_webhook: SLACK_WEBHOOK });
  await withMonitoring(async (prometheus) => {
    await part(record, 'runs that touch nothing', () => nothingTouched(record, prometheus));
    await part(record, 'faulty monitoring', () => faultyMonitoring(record));
    await part(record, 'runs that touch nodes', () => underWay(record));
    await part(record, 'the series', () => readSeries(record));
    await part(record, 'Prometheus in the cluster', () => inTheCluster(record, prometheus));
  });
});

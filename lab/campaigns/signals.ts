/**
 * Checks monitoring and notifications with real servers: Prometheus with the rules of the repository, Alertmanager,
 * Pushgateway and kube-state-metrics, and a chat that records each post.
 * Plays every end of a run, and compares gauges, namespace and messages. Plays every state of monitoring.
 *
 * Each part has its own cluster; `--only NAME,NAME` runs some of them. Prints a line per point. `--keep` leaves the lab of the
 * last part up; `--record FILE` writes the sections of the parts that ran.
 */
import { bringUp } from '../kit/bring-up.ts';
import { attempt } from '../kit/campaign.ts';
import { must } from '../kit/commands.ts';
import { parts, type Part } from '../kit/parts.ts';
import { night } from '../kit/runs.ts';
import { WEBHOOKS } from '../kit/chat.ts';
import { NEXT, RUNNING, SETTINGS } from './signals/cluster.ts';
import { inTheCluster } from './signals/in-cluster.ts';
import { faultyMonitoring } from './signals/faulty.ts';
import { besideKured } from './signals/kured.ts';
import { withMonitoring } from './signals/monitoring.ts';
import { nothingTouched } from './signals/nothing-touched.ts';
import { readSeries } from './signals/series.ts';
import { underWay } from './signals/under-way.ts';

const shape = {
  ...{ controlPlanes: 1, workers: 2, version: RUNNING },
  builds: `v${RUNNING}=v${RUNNING} v${NEXT}=v${NEXT}`,
};
const up = () => bringUp(shape, SETTINGS, WEBHOOKS);

const untouched: Part = {
  name: 'untouched',
  title: 'Every end without a node being touched; monitoring that is slow, half there, wrong or away',
  bringUp: up,
  body: (record) =>
    withMonitoring(async (prometheus) => {
      await attempt(record, 'runs that touch nothing', () => nothingTouched(record, prometheus));
      await attempt(record, 'faulty monitoring', () => faultyMonitoring(record));
    }),
};

/** After a night with nothing to do yet: every gauge is there, and down. */
async function offerNext(): Promise<void> {
  await night(600);
  await must('lab/publish.sh', ['--only', `v${RUNNING}`, `v${NEXT}`]);
}

const nodes: Part = {
  name: 'nodes',
  title: 'A new alert in a soak, a run that is killed, every series, Prometheus on the node that is drained',
  bringUp: up,
  body: (record) =>
    withMonitoring(async (prometheus) => {
      await offerNext();
      await attempt(record, 'runs that touch nodes', () => underWay(record));
      await attempt(record, 'the series', () => readSeries(record));
      await attempt(record, 'Prometheus in the cluster', () => inTheCluster(record, prometheus));
    }),
};

const kured: Part = {
  name: 'kured',
  title: 'A kured that wants to roll nodes before, while and after an upgrade does',
  bringUp: up,
  body: (record) =>
    withMonitoring(async () => {
      await offerNext();
      await attempt(record, 'kured', () => besideKured(record));
    }),
};

await parts('Whoever watches, and whoever is told', [untouched, nodes, kured]);

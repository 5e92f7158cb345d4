/**
 * Checks monitoring and notifications with real servers: Prometheus with the rules of the repository, Alertmanager,
 * Pushgateway and kube-state-metrics, and a chat that records each post.
 * Plays every end of a run, and compares gauges, namespace and messages. Plays every state of monitoring.
 */
import { buildsOf, publish, type Shape } from '../kit/cluster.ts';
import { WEBHOOKS } from '../kit/daemons.ts';
import { attempt, campaign, type Part } from '../kit/runner.ts';
import { night } from '../kit/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './signals/cluster.ts';
import { faultyMonitoring } from './signals/faulty.ts';
import { inTheCluster } from './signals/in-cluster.ts';
import { besideKured } from './signals/kured.ts';
import { readSeries, withMonitoring } from './signals/monitoring.ts';
import { nothingTouched } from './signals/nothing-touched.ts';
import { underWay } from './signals/under-way.ts';

const shape: Shape = { version: RUNNING, builds: buildsOf(RUNNING, NEXT), secrets: WEBHOOKS };

const untouched: Part = {
  name: 'untouched',
  title: 'Every end without a node being touched; monitoring that is slow, half there, wrong or away',
  shape,
  body: () =>
    withMonitoring(async (prometheus) => {
      await attempt('runs that touch nothing', () => nothingTouched(prometheus));
      await attempt('faulty monitoring', faultyMonitoring);
    }),
};

/** After a night with nothing to do yet: every gauge is there, and down. */
async function offerNext(): Promise<void> {
  await night(600);
  await publish(NEXT);
}

const nodes: Part = {
  name: 'nodes',
  title: 'A new alert in a soak, a run that is killed, every series, Prometheus on the node that is drained',
  shape,
  body: () =>
    withMonitoring(async (prometheus) => {
      await offerNext();
      await attempt('runs that touch nodes', underWay);
      await attempt('the series', readSeries);
      await attempt('Prometheus in the cluster', () => inTheCluster(prometheus));
    }),
};

const kured: Part = {
  name: 'kured',
  title: 'A kured that wants to roll nodes before, while and after an upgrade does',
  shape,
  body: () =>
    withMonitoring(async () => {
      await offerNext();
      await attempt('kured', besideKured);
    }),
};

await campaign('Whoever watches, and whoever is told', SETTINGS, [untouched, nodes, kured]);

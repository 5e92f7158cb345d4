import { publish } from '../../kit/cluster.ts';
import { NO_GAUGE, runGauges } from '../../kit/daemons.ts';
import { runMarks } from '../../kit/namespace.ts';
import { attemptsFor, nodeLines, readyAt, workersInOrder } from '../../kit/nodes.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import type { Part, Scenario } from '../../kit/runner.ts';
import { begun, checkUpgraded, endOf, messageOf, night, noteMessage, noteTimeline, retry } from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { breakKubeadm, mendKubeadm } from './faults.ts';

/** A worker whose kubeadm fails; the cause is mended, and the same run goes on. */
const retried: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  const failed = await fail(first, second);
  await mendKubeadm(first);
  await checkUpgraded('mended, argo retry: the run ends', await retry(failed, 900), NEXT);
  check('… the gauges', NO_GAUGE, await runGauges());
};

/** Removes the cause alone; the next scheduled run finishes the work. */
const nextNight: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  await fail(first, second);
  await mendKubeadm(first);
  await checkUpgraded('mended, the next night: it ends', await night(900), NEXT);
  check('… the gauges', NO_GAUGE, await runGauges());
};

/** The night on which kubeadm fails on the first worker; its name. */
async function fail(first: string, second: string): Promise<string> {
  await breakKubeadm(first);
  const failed = await night(900);
  const { name } = failed.metadata;
  const message = messageOf(failed);
  check(`kubeadm fails on ${first}: the night ends`, 'Failed, failed', endOf(failed));
  const left = [`${first} v${RUNNING} Ready cordoned open ledger`, `${second} v${RUNNING} Ready`];
  check('… the nodes', readyAt(['cp1'], NEXT, ...left), await nodeLines());
  check('… workers begun', '1', String(begun(failed, 'drain-worker')));
  check('… the gauges', 'blocked=0 failed=1 held=0 in_flight=0', await runGauges());
  check('… the namespace says where it was going', NEXT, (await runMarks())['target'] ?? 'nothing');
  checkSays('… the message names the node', message, first);
  checkSays('… the step', message, 'kubeadm upgrade');
  checkSays('… the next command', message, `argo retry -n k8s-upgrade ${name}`);
  noteMessage(failed);
  noteLines(`Attempts on ${first} so far: ${(await attemptsFor(first, NEXT)).map(({ unit }) => unit).join(', ')}`);
  return name;
}

export const failing: readonly Scenario[] = [retried, nextNight];

const LIMIT_SECONDS = 1800;

/** Three workers, two at a time: one of the first two fails. */
export const batch: Part = {
  name: 'batch',
  title: 'Two workers at a time: one fails, the other one of its batch is upgraded, no further worker begins',
  shape: { workers: 3, version: RUNNING, settings: { workers: { maxUnavailable: 2 } } },
  body: async () => {
    const [first = '', second = '', third = ''] = await workersInOrder();
    await publish(NEXT);
    await breakKubeadm(first);
    const failed = await night(LIMIT_SECONDS);
    check(`kubeadm fails on ${first}: the run ends`, 'Failed, failed', endOf(failed));
    const left = [`${first} v${RUNNING} Ready cordoned open ledger`, `${third} v${RUNNING} Ready`];
    check('… the nodes', readyAt(['cp1', second], NEXT, ...left), await nodeLines());
    check('… workers begun', '2', String(begun(failed, 'drain-worker')));
    check('… workers for which Argo started a pod', '2', String(begun(failed, 'admit-worker')));
    checkSays('… the message names the node', messageOf(failed), first);
    noteTimeline(failed);
    noteMessage(failed);

    await mendKubeadm(first);
    const ended = await retry(failed.metadata.name, LIMIT_SECONDS);
    await checkUpgraded('mended, argo retry: the run ends', ended, NEXT);
    noteTimeline(ended);
  },
};

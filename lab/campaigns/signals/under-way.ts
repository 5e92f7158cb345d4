import { argo, kubectl, sleep, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { workersInOrder } from '../nodes/night.ts';
import { runMarks } from '../../kit/namespace.ts';
import { begun, getWorkflow, logsOf, messageOf, night, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { podsOf } from '../../kit/workflow.ts';
import { postsAbout } from '../../kit/chat.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { checkEnd } from './ends.ts';
import { alarm, query, settle } from './monitoring.ts';

const LIMIT_SECONDS = 1800;

/** Runs that touch nodes: stopped by a new alert, killed without a word, and the one that goes on from there. */
export async function underWay(record: CampaignRecord): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  await newAlert(record, first, second);
  await killed(record, second);
}

/** One alert fires from before the run has begun, another from the soak of the first worker on. */
async function newAlert(record: CampaignRecord, first: string, second: string): Promise<void> {
  await SETTINGS.apply({ nodes: { ...NODES, soakSeconds: 120 } });
  const name = await startNight();
  // Held between preflight, which lets no alert pass, and begin, which remembers those that fire.
  await until(
    'preflight is at work',
    300,
    () => getWorkflow(name),
    (run) => podsOf(run).some(({ templateName }) => templateName === 'preflight'),
  );
  await argo('suspend', '-n', 'k8s-upgrade', name);
  await until(
    'preflight is done',
    300,
    () => getWorkflow(name),
    (run) => podsOf(run).some(({ templateName, phase }) => templateName === 'preflight' && phase === 'Succeeded'),
  );
  await alarm('LabBefore', true);
  await argo('resume', '-n', 'k8s-upgrade', name);
  await whenStepRuns(name, 'drain', 'cp1', 600);
  record.check(
    'the namespace remembers what fired when the run began',
    'LabBefore',
    /LabBefore/.exec((await runMarks())['alert-baseline'] ?? '')?.[0] ?? 'nothing',
  );
  await whenStepRuns(name, 'verify-node', first, LIMIT_SECONDS);
  await sleep(10);
  await alarm('LabDuring', true);
  const raised = Date.now();
  const ended = await whenEnded(name, 600);
  await checkEnd(record, `an alert of before, and a new one during the soak of ${first}`, ended, {
    ...{ end: 'Failed, failed', gauges: 'none → in_flight → failed', inFlight: 'this run' },
    told: ['started', 'failed'],
  });
  const seconds = await heardAfter(name, raised);
  record.check('… heard of within one poll of a minute', 'at most 70 s', `${seconds} s`, seconds <= 70);
  record.check('… the message names the new one', ...said(messageOf(ended), 'LabDuring'));
  record.check('… and not the one of before', 'absent', messageOf(ended).includes('LabBefore') ? 'named' : 'absent');
  record.check(`… drains of workers begun (${second} is untouched)`, '1', String(begun(ended, 'drain-worker')));
  const { 'snapshot-path': snapshot = 'none' } = await runMarks();
  record.note(`  The namespace's snapshot-path: ${snapshot}.`);
  await settle();
  const firing = await query('ALERTS{alertname="K8sUpgradeInProgress", alertstate="firing"}');
  record.check('… K8sUpgradeInProgress', 'quiet again', firing.length === 0 ? 'quiet again' : 'fires');
  await alarm('LabDuring', false);
  await alarm('LabBefore', false);
  await SETTINGS.apply();
}

/** Seconds until the step that soaks the node said so: by its own log, whatever Argo takes to see its pod's end. */
async function heardAfter(run: string, sinceMs: number): Promise<number> {
  const line = (await logsOf(run, 'verify-node')).split('\n').find((each) => each.includes('LabDuring')) ?? '';
  const time = /^\d\d:\d\d:\d\d/.exec(line)?.[0];
  if (time === undefined) return Number.NaN;
  const at = Date.parse(`${new Date(sinceMs).toISOString().slice(0, 10)}T${time}Z`);
  return Math.round((at < sinceMs - 60_000 ? at + 86_400_000 - sinceMs : at - sinceMs) / 1000);
}

const NODES = {
  ...{ readyTimeoutSeconds: 300, containerdPackage: 'containerd' },
  minimumFreeDisk: { rootMiB: 256, varLibMiB: 512 },
};

/** A terminated and deleted run has no exit handler, so its gauge stays until the next run. */
async function killed(record: CampaignRecord, second: string): Promise<void> {
  const name = await startNight();
  await whenStepRuns(name, 'drain', second, LIMIT_SECONDS);
  await argo('terminate', '-n', 'k8s-upgrade', name);
  await kubectl('delete', 'workflow', name, '-n', 'k8s-upgrade');
  await settle();
  const [leaked] = await query('max(k8s_upgrade_in_flight)');
  record.check('terminated and deleted: the gauge in_flight', 'up', leaked?.value === 1 ? 'up' : 'down');
  record.check('… in flight, says the namespace', name, (await runMarks())['in-flight'] ?? 'nobody');
  record.check(
    '… was told',
    'started',
    postsAbout(name)
      .webhook.map(({ event }) => event)
      .join(', '),
  );
  const next = await night(LIMIT_SECONDS);
  await checkEnd(record, 'the next night', next, {
    ...{ end: 'Succeeded, upgraded', gauges: 'in_flight → none', inFlight: 'nobody', told: ['started', 'upgraded'] },
  });
  const [began] = postsAbout(next.metadata.name).webhook;
  record.check('… it says from where it goes on', ...said(began?.text ?? '', `It goes on from ${name}`));
  const all = ['cp1', 'w1', 'w2'].map((node) => `${node} v${NEXT} Ready`).join(', ');
  record.check(`… the nodes, from v${RUNNING}`, all, await nodeLines());
}

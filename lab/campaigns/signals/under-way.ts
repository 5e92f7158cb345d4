import { argo, kubectl, sleep } from '../../kit/commands.ts';
import { eventsOf, postsAbout } from '../../kit/daemons.ts';
import { inFlight, runMarks } from '../../kit/namespace.ts';
import { nodeLines, NODES, readyAt, workersInOrder } from '../../kit/nodes.ts';
import { logsOf, whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import {
  begun,
  messageOf,
  night,
  podsOf,
  startNight,
  whenEnded,
  whenRun,
  type Workflow,
  type WorkflowNode,
} from '../../kit/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { checkEnd } from './ends.ts';
import { alarm, sample, settle } from './monitoring.ts';

const LIMIT_SECONDS = 1800;

/** Runs that touch nodes: stopped by a new alert, killed without a word, and the one that goes on from there. */
export async function underWay(): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  await newAlert(first, second);
  await killed(second);
}

/** One alert fires from before the run has begun, another from the soak of the first worker on. */
async function newAlert(first: string, second: string): Promise<void> {
  await SETTINGS.apply({ nodes: { ...NODE_SETTINGS, soakSeconds: 120 } });
  const name = await startNight();
  // Held between preflight, which lets no alert pass, and begin, which remembers those that fire.
  const preflight = (run: Workflow): WorkflowNode | undefined =>
    podsOf(run).find(({ templateName }) => templateName === 'preflight');
  await whenRun(name, 'is at preflight', 300, (run) => preflight(run) !== undefined);
  await argo('suspend', '-n', 'k8s-upgrade', name);
  await whenRun(name, 'is past preflight', 300, (run) => preflight(run)?.phase === 'Succeeded');
  await alarm('LabBefore', true);
  await argo('resume', '-n', 'k8s-upgrade', name);
  await whenStepRuns(name, 'drain', 'cp1', 600);
  const baseline = (await runMarks())['alert-baseline'] ?? '';
  const remembered = /LabBefore/.exec(baseline)?.[0] ?? 'nothing';
  check('the namespace remembers what fired when the run began', 'LabBefore', remembered);
  await whenStepRuns(name, 'verify-node', first, LIMIT_SECONDS);
  await sleep(10);
  await alarm('LabDuring', true);
  const raised = Date.now();
  const ended = await whenEnded(name, 600);
  await checkEnd(`an alert of before, and a new one during the soak of ${first}`, ended, {
    end: 'Failed, failed',
    gauges: 'none → in_flight → failed',
    inFlight: 'this run',
    told: ['started', 'failed'],
  });
  const seconds = await heardAfter(name, raised);
  check('… heard of within one poll of a minute', 'at most 70 s', `${seconds} s`, seconds <= 70);
  checkSays('… the message names the new one', messageOf(ended), 'LabDuring');
  check('… and not the one of before', 'absent', messageOf(ended).includes('LabBefore') ? 'named' : 'absent');
  check(`… drains of workers begun (${second} is untouched)`, '1', String(begun(ended, 'drain-worker')));
  const { 'snapshot-path': snapshot = 'none' } = await runMarks();
  noteLines(`The namespace's snapshot-path: ${snapshot}.`);
  await settle();
  const firing = await sample('ALERTS{alertname="K8sUpgradeInProgress", alertstate="firing"}');
  check('… K8sUpgradeInProgress', 'quiet again', firing === 'none' ? 'quiet again' : 'fires');
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

const NODE_SETTINGS = {
  readyTimeoutSeconds: 300,
  containerdPackage: 'containerd',
  minimumFreeDisk: { rootMiB: 256, varLibMiB: 512 },
};

/** A terminated and deleted run has no exit handler, so its gauge stays until the next run. */
async function killed(second: string): Promise<void> {
  const name = await startNight();
  await whenStepRuns(name, 'drain', second, LIMIT_SECONDS);
  await argo('terminate', '-n', 'k8s-upgrade', name);
  await kubectl('delete', 'workflow', name, '-n', 'k8s-upgrade');
  await settle();
  const leaked = await sample('max(k8s_upgrade_in_flight)');
  check('terminated and deleted: the gauge in_flight', 'up', leaked === '1' ? 'up' : 'down');
  check('… in flight, says the namespace', name, await inFlight());
  check('… was told', 'started', eventsOf(postsAbout(name)));
  const next = await night(LIMIT_SECONDS);
  const expected = { end: 'Succeeded, upgraded', gauges: 'in_flight → none', told: ['started', 'upgraded'] };
  await checkEnd('the next night', next, expected);
  const [began] = postsAbout(next.metadata.name).webhook;
  checkSays('… it says from where it goes on', began?.text ?? '', `It goes on from ${name}`);
  check(`… the nodes, from v${RUNNING}`, readyAt(NODES, NEXT), await nodeLines());
}

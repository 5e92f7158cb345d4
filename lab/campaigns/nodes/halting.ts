import { argo, sleep } from '../../kit/commands.ts';
import { runGauges } from '../../kit/pushgateway.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { resetKillSwitch, throwKillSwitch } from '../../kit/namespace.ts';
import { holdWhenAdmitted } from './faults.ts';
import { readyNodes, workersInOrder } from './night.ts';
import { begun, endOf, getWorkflow, messageOf, night, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { applySettings, BY_HAND } from './settings.ts';
import { A, B } from './versions.ts';
import { PUSHGATEWAY } from '../../kit/pushgateway.ts';

type Scenario = (record: CampaignRecord) => Promise<void>;

/** `w1` done, `w2` as it was. */
const oneOfTwo = (first: string, second: string): string =>
  `cp1 v${B} Ready, ${[`${first} v${B} Ready`, `${second} v${A} Ready`].sort().join(', ')}`;

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const metrics = { pushgatewayUrl: PUSHGATEWAY };

/** The window closes while the first worker is under way: that one is finished, the second is not begun. */
const windowCloses: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const closes = Math.ceil((Date.now() + 180_000) / 60_000) * 60_000;
  const window = { days: WEEKDAYS, start: time(Date.now() - 3_600_000), end: time(closes) };
  await applySettings({ metrics, nightly: BY_HAND, maintenance: { windows: [window], assumedNodeSeconds: 60 } });
  const name = await startNight();
  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await sleep(Math.max(0, (closes - Date.now()) / 1000));
  await release();
  const paused = await whenEnded(name, 900);
  record.check(
    'the window closes while the first worker is under way: the night ends',
    'Succeeded, paused',
    endOf(paused),
  );
  record.check('… the nodes', oneOfTwo(first, second), await nodeLines());
  record.check('… the gauges', 'blocked=0 failed=0 held=0 in_flight=0', await runGauges());
  for (const line of messageOf(paused).split('\n')) record.note(`  ${line}`);
  await applySettings({ metrics });
  const ended = await night(900);
  record.check('the next night, in its window: it ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
};

const killSwitch: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await throwKillSwitch('the storage team is at work');
  const halted = await whenEnded(name, 900);
  record.check('the kill switch is thrown mid-run: the night ends', 'Succeeded, halted', endOf(halted));
  record.check('… the second worker was not begun', '0', String(begun(halted, 'drain-worker') - 1));
  record.check('… the nodes', oneOfTwo(first, second), await nodeLines());
  record.check('… the gauges', 'blocked=0 failed=0 held=0 in_flight=0', await runGauges());
  record.check('… the message has the reason', ...said(messageOf(halted), 'the storage team is at work'));
  for (const line of messageOf(halted).split('\n')) record.note(`  ${line}`);
  const again = await night(600);
  record.check('still thrown the next night: it ends', 'Succeeded, halted', endOf(again));
  await resetKillSwitch();
  const ended = await night(900);
  record.check('taken away: the night ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
};

const suspended: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await argo('suspend', '-n', 'k8s-upgrade', name);
  await sleep(60);
  record.check(
    'argo suspend mid-run, a minute later: the run',
    'Running',
    (await getWorkflow(name)).status.phase ?? '',
  );
  record.check(
    '… the second worker',
    `${second} v${A} Ready`,
    (await nodeLines()).split(', ').find((line) => line.startsWith(second)) ?? '',
  );
  await argo('resume', '-n', 'k8s-upgrade', name);
  const ended = await whenEnded(name, 900);
  record.check('argo resume: the run ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
};

export const halting: readonly Scenario[] = [windowCloses, killSwitch, suspended];

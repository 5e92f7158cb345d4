import { argo, sleep } from '../../kit/commands.ts';
import { NO_GAUGE, PUSHGATEWAY, runGauges } from '../../kit/daemons.ts';
import { resetKillSwitch, throwKillSwitch } from '../../kit/namespace.ts';
import { lineOf, nodeLines, readyAt, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays } from '../../kit/record.ts';
import type { Scenario } from '../../kit/runner.ts';
import {
  begun,
  checkUpgraded,
  endOf,
  getWorkflow,
  messageOf,
  night,
  noteMessage,
  phaseOf,
  startNight,
  whenEnded,
} from '../../kit/runs.ts';
import { applySettings, BY_HAND, NEXT, RUNNING, windowOf } from './cluster.ts';
import { holdWhenAdmitted } from './faults.ts';

/** The first worker is upgraded, the second is as it was. */
const oneOfTwo = (first: string, second: string): string =>
  readyAt(['cp1', first], NEXT, `${second} v${RUNNING} Ready`);

const metrics = { pushgatewayUrl: PUSHGATEWAY };

/** The window closes while the first worker is under way: that one is finished, the second is not begun. */
const windowCloses: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  const closes = Math.ceil((Date.now() + 180_000) / 60_000) * 60_000;
  const maintenance = { windows: [windowOf(Date.now() - 3_600_000, closes)], assumedNodeSeconds: 60 };
  await applySettings({ metrics, nightly: BY_HAND, maintenance });
  const name = await startNight();
  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await sleep(Math.max(0, (closes - Date.now()) / 1000));
  await release();
  const paused = await whenEnded(name, 900);
  check('the window closes while the first worker is under way: the night ends', 'Succeeded, paused', endOf(paused));
  check('… the nodes', oneOfTwo(first, second), await nodeLines());
  check('… the gauges', NO_GAUGE, await runGauges());
  noteMessage(paused);
  await applySettings({ metrics });
  await checkUpgraded('the next night, in its window: it ends', await night(900), NEXT);
};

const killSwitch: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  const reason = 'the storage team is at work';
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await throwKillSwitch(reason);
  const halted = await whenEnded(name, 900);
  check('the kill switch is thrown mid-run: the night ends', 'Succeeded, halted', endOf(halted));
  check('… the second worker was not begun', '0', String(begun(halted, 'drain-worker') - 1));
  check('… the nodes', oneOfTwo(first, second), await nodeLines());
  check('… the gauges', NO_GAUGE, await runGauges());
  checkSays('… the message has the reason', messageOf(halted), reason);
  noteMessage(halted);
  check('still thrown the next night: it ends', 'Succeeded, halted', endOf(await night(600)));
  await resetKillSwitch();
  await checkUpgraded('taken away: the night ends', await night(900), NEXT);
};

const suspended: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await argo('suspend', '-n', 'k8s-upgrade', name);
  await sleep(60);
  check('argo suspend mid-run, a minute later: the run', 'Running', phaseOf(await getWorkflow(name)));
  check('… the second worker', `${second} v${RUNNING} Ready`, await lineOf(second));
  await argo('resume', '-n', 'k8s-upgrade', name);
  await checkUpgraded('argo resume: the run ends', await whenEnded(name, 900), NEXT);
};

export const halting: readonly Scenario[] = [windowCloses, killSwitch, suspended];

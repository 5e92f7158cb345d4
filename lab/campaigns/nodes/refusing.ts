import { kubectl } from '../../kit/commands.ts';
import { lineOf, nodeLines, whenNodeIs, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import type { Scenario } from '../../kit/runner.ts';
import { begun, endOf, messageOf, night, noteMessage, secondsBetween, startNight, whenEnded } from '../../kit/runs.ts';
import { counted, deploy, podNames, removeDeployment } from '../../kit/workloads.ts';
import { NEXT, RUNNING } from './cluster.ts';

/** Three replicas of which three must be there: no eviction will ever be allowed. */
const neverAllowed: Scenario = async () => {
  await deploy({ name: 'never', replicas: 3, minAvailable: 3 });
  await counted('never', 0);
  const before = { nodes: await nodeLines(), pods: (await podNames('never')).join(' ') };
  const ended = await night(600);
  check('3 replicas with a budget that can never allow it: the night ends', 'Failed, failed', endOf(ended));
  check('… it is refused before the first cordon: drains begun', '0', String(begun(ended, 'drain-')));
  check('… the nodes', before.nodes, await nodeLines());
  check('… its pods', before.pods, (await podNames('never')).join(' '));
  checkSays('… the message names the budget', messageOf(ended), 'default/never');
  noteMessage(ended);
  await removeDeployment('never');
};

const TAINT = 'lab.invalid/no-runner';

/** With only the target schedulable: the step never runs there, and the scheduler's own reason is told. */
const noRunner: Scenario = async () => {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();
  // Inventory has seen a runner; from here on there is none, and the target is the one node that takes pods.
  await whenStepRuns(name, 'verify-node', first, 600);
  await kubectl('taint', 'node', 'cp1', `${TAINT}=true:NoSchedule`);
  await whenNodeIs(`${first} v${NEXT} Ready`);
  await kubectl('cordon', first);
  const ended = await whenEnded(name, 1200);
  await kubectl('taint', 'node', 'cp1', `${TAINT}-`);
  await kubectl('uncordon', first);
  check('no node left for the steps but their target: the night ends', 'Failed, failed', endOf(ended));
  noteLines(`The run took ${secondsBetween(ended.status.startedAt, ended.status.finishedAt)} s in all.`);
  checkSays('… the message has the scheduler’s reason', messageOf(ended), 'nodes are available');
  check('… the second worker was not touched', `${second} v${RUNNING} Ready`, await lineOf(second));
  noteMessage(ended);
  check('the runner is back, the next night: it ends', 'Succeeded, upgraded', endOf(await night(900)));
};

export const refusing: readonly Scenario[] = [neverAllowed, noRunner];

import { kubectl, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { secondsBetween } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { workersInOrder } from './night.ts';
import { begun, endOf, messageOf, night, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { A, B } from './versions.ts';
import { counted, deploy, podNames, remove } from '../../kit/workloads.ts';

type Scenario = (record: CampaignRecord) => Promise<void>;

/** Three replicas of which three must be there: no eviction will ever be allowed. */
const neverAllowed: Scenario = async (record) => {
  await deploy({ name: 'never', replicas: 3, minAvailable: 3 });
  await counted('never', 0);
  const before = { nodes: await nodeLines(), pods: (await podNames('never')).join(' ') };
  const ended = await night(600);
  record.check('3 replicas with a budget that can never allow it: the night ends', 'Failed, failed', endOf(ended));
  record.check('… it is refused before the first cordon: drains begun', '0', String(begun(ended, 'drain-')));
  record.check('… the nodes', before.nodes, await nodeLines());
  record.check('… its pods', before.pods, (await podNames('never')).join(' '));
  record.check('… the message names the budget', ...said(messageOf(ended), 'default/never'));
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
  await remove('never');
};

const TAINT = 'lab.invalid/no-runner';

/** With only the target schedulable: the step never runs there, and the scheduler's own reason is told. */
const noRunner: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();
  // Inventory has seen a runner; from here on there is none, and the target is the one node that takes pods.
  await whenStepRuns(name, 'verify-node', first, 600);
  await kubectl('taint', 'node', 'cp1', `${TAINT}=true:NoSchedule`);
  await until(
    `${first} is done`,
    120,
    nodeLines,
    (lines) => lines.includes(`${first} v${B} Ready,`) || lines.endsWith(`${first} v${B} Ready`),
  );
  await kubectl('cordon', first);
  const ended = await whenEnded(name, 1200);
  await kubectl('taint', 'node', 'cp1', `${TAINT}-`);
  await kubectl('uncordon', first);
  record.check('no node left for the steps but their target: the night ends', 'Failed, failed', endOf(ended));
  const seconds = secondsBetween(ended.status.startedAt, ended.status.finishedAt);
  record.note(`  The run took ${seconds} s in all.`);
  record.check('… the message has the scheduler’s reason', ...said(messageOf(ended), 'nodes are available'));
  record.check(
    '… the second worker was not touched',
    `${second} v${A} Ready`,
    (await nodeLines()).split(', ').find((line) => line.startsWith(second)) ?? '',
  );
  for (const line of messageOf(ended).split('\n')) record.note(`  ${line}`);
  const next = await night(900);
  record.check('the runner is back, the next night: it ends', 'Succeeded, upgraded', endOf(next));
};

export const refusing: readonly Scenario[] = [neverAllowed, noRunner];

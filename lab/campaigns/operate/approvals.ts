import { argo, must, run, until } from '../../kit/commands.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { outputOf } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { endOf, getWorkflow, messageOf, startNight, whenEnded } from '../../kit/runs.ts';
import { decisionCommand } from '../../../src/run/approval.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { documented } from './documented.ts';

const PATIENCE_SECONDS = 90;

/** A minor that needs approval: without an answer, after a change of the cluster, rejected, and approved. */
export async function approvals(record: CampaignRecord): Promise<void> {
  const untouched = await nodeLines();

  await SETTINGS.apply({ policy: { minor: 'approve', approvalSeconds: PATIENCE_SECONDS } });
  const unheard = await startNight();
  await whenItWaits(unheard);
  const expired = await whenEnded(unheard, 400);
  record.check('nobody approves: the run ends', 'Succeeded, held', endOf(expired));
  record.check('… and says so', ...said(messageOf(expired), 'Nobody approved the plan'));
  await SETTINGS.apply();

  const outdated = await startNight();
  await whenItWaits(outdated);
  const shown = await argo('get', '-n', 'k8s-upgrade', outdated, '-o', 'yaml');
  const digest = outputOf(await getWorkflow(outdated), 'plan', 'planDigest');
  record.check('the step that waits shows the plan and its digest', ...said(shown, digest));
  for (const line of outputOf(await getWorkflow(outdated), 'plan', 'planMessage').split('\n')) record.note(`  ${line}`);
  await must('lab/node.sh', ['leave', 'w2']);
  await decide(outdated, 'approve');
  const changed = await whenEnded(outdated, 400);
  await must('lab/node.sh', ['join', 'w2']);
  record.check('a node leaves, then the plan is approved: the run ends', 'Succeeded, held', endOf(changed));
  record.check('… and says so', ...said(messageOf(changed), 'The approval is void'));

  const rejected = await startNight();
  await whenItWaits(rejected);
  await decide(rejected, 'reject');
  const refused = await whenEnded(rejected, 400);
  record.check('rejected: the run ends', 'Succeeded, held', endOf(refused));
  record.check('… and says so', ...said(messageOf(refused), 'was rejected'));
  record.check(`the nodes after all that, at v${RUNNING}`, untouched, await nodeLines());

  const approved = await startNight();
  await whenItWaits(approved);
  const run = { '<run>': approved };
  await documented(
    record,
    'argo node set -n k8s-upgrade <run> -p decision=approve --node-field-selector displayName=approval',
    run,
  );
  await documented(record, 'argo resume -n k8s-upgrade <run> --node-field-selector displayName=approval', run);
  const upgraded = await whenEnded(approved, 1800);
  record.check('approved: the run ends', 'Succeeded, upgraded', endOf(upgraded));
  record.check('… the nodes', untouched.replaceAll(RUNNING, NEXT), await nodeLines());
}

const whenItWaits = (name: string): Promise<unknown> =>
  until(
    `${name} waits for approval`,
    400,
    () => getWorkflow(name),
    ({ status }) =>
      Object.values(status.nodes ?? {}).some(({ type, phase }) => type === 'Suspend' && phase === 'Running'),
  );

/** By the very command that the message gives. */
async function decide(name: string, decision: 'approve' | 'reject'): Promise<void> {
  const command = decisionCommand('k8s-upgrade', name, decision);
  const { exitCode, stdout, stderr } = await run('lab/in-lab.sh', ['bash', '-c', command]);
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stdout}${stderr}`);
}

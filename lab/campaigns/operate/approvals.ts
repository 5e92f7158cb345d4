import { argo, bash, must } from '../../kit/commands.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import { endOf, getWorkflow, messageOf, outputOf, startNight, whenEnded, whenSuspended } from '../../kit/runs.ts';
import { NEXT, RUNNING, SETTINGS } from './cluster.ts';
import { documented } from './documented.ts';
import { decisionCommand } from '../../../src/run/approval.ts';

const PATIENCE_SECONDS = 90;

/** A minor that needs approval: without an answer, after a change of the cluster, rejected, and approved. */
export async function approvals(): Promise<void> {
  const untouched = await nodeLines();

  await SETTINGS.apply({ policy: { minor: 'approve', approvalSeconds: PATIENCE_SECONDS } });
  const unheard = await waitingRun();
  const expired = await whenEnded(unheard, 400);
  check('nobody approves: the run ends', 'Succeeded, held', endOf(expired));
  checkSays('… and says so', messageOf(expired), 'was not approved in time');
  await SETTINGS.apply();

  const outdated = await waitingRun();
  const shown = await argo('get', '-n', 'k8s-upgrade', outdated, '-o', 'yaml');
  const digest = outputOf(await getWorkflow(outdated), 'plan', 'planDigest');
  checkSays('the step that waits shows the plan and its digest', shown, digest);
  noteLines(outputOf(await getWorkflow(outdated), 'plan', 'planMessage'));
  await must('lab/node.sh', ['leave', 'w2']);
  await bash(decisionCommand('k8s-upgrade', outdated, 'approve'));
  const changed = await whenEnded(outdated, 400);
  await must('lab/node.sh', ['join', 'w2']);
  check('a node leaves, then the plan is approved: the run ends', 'Succeeded, held', endOf(changed));
  checkSays('… and says so', messageOf(changed), 'The approval is void');

  const rejected = await waitingRun();
  await bash(decisionCommand('k8s-upgrade', rejected, 'reject'));
  const refused = await whenEnded(rejected, 400);
  check('rejected: the run ends', 'Succeeded, held', endOf(refused));
  checkSays('… and says so', messageOf(refused), 'was rejected');
  check(`the nodes after all that, at v${RUNNING}`, untouched, await nodeLines());

  const approved = await waitingRun();
  const run = { '<run>': approved };
  await documented(
    'argo node set -n k8s-upgrade <run> -p decision=approve --node-field-selector displayName=approval',
    run,
  );
  await documented('argo resume -n k8s-upgrade <run> --node-field-selector displayName=approval', run);
  const upgraded = await whenEnded(approved, 1800);
  check('approved: the run ends', 'Succeeded, upgraded', endOf(upgraded));
  check('… the nodes', untouched.replaceAll(RUNNING, NEXT), await nodeLines());
}

/** A run that waits for its approval. */
async function waitingRun(): Promise<string> {
  const name = await startNight();
  await whenSuspended(name, 400);
  return name;
}

import { must } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { outputOf, podsOf, submit, whenEnded } from '../../kit/workflow.ts';
import { nodeLines } from '../../kit/nodes.ts';

/** What an operator asks for by hand and must not get; and what the next run makes of it. */
export async function refusals(record: CampaignRecord, running: string, next: string): Promise<void> {
  await must('lab/publish.sh', [`v${next}`]);
  const before = await nodeLines();

  const jump = await whenEnded(await submit('workflowtemplate/k8s-upgrade', 'target=1.36.0'), 300);
  record.check('two minors at once: the Workflow ends', 'Succeeded', jump.status.phase ?? '');
  record.check('two minors at once: the outcome', 'refused', outputOf(jump, 'finish', 'outcome'));
  record.note(outputOf(jump, 'finish', 'message'));

  const worker = await whenEnded(await submit('workflowtemplate/k8s-upgrade-node', 'nodes=w1', `target=${next}`), 300);
  record.check('a worker ahead of its control plane: the Workflow ends', 'Failed', worker.status.phase ?? '');
  const message = outputOf(worker, 'finish', 'message');
  const step = podsOf(worker).find(({ templateName, phase }) => templateName === 'inventory' && phase === 'Failed');
  record.check(
    'a worker ahead of its control plane: refused by',
    'inventory, exit code 77, not retried',
    `${step?.templateName ?? 'nobody'}, ${/exit code \d+/.exec(step?.message ?? '')?.[0] ?? ''}, ${podsOf(worker).filter(({ templateName }) => templateName === 'inventory').length === 1 ? 'not retried' : 'retried'}`,
  );
  record.note(message);

  const badly = await whenEnded(await submit('workflowtemplate/k8s-upgrade', 'target=1.34'), 300);
  record.check('a target that is no version: the Workflow ends', 'Failed', badly.status.phase ?? '');

  const dry = await whenEnded(await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true'), 300);
  record.check('a dry run of detection: the outcome', 'detected', outputOf(dry, 'finish', 'outcome'));
  record.check(`nodes after all that, from v${running}`, before, await nodeLines());
}

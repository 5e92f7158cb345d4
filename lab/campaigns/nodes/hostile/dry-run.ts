import { said, type CampaignRecord } from '../../../kit/record.ts';
import { outputOf, type Workflow } from '../../../kit/workflow.ts';
import { endOf, messageOf, submit, whenEnded } from '../../../kit/runs.ts';
import { B } from '../versions.ts';

const LIMIT_SECONDS = 600;

/** Notes every line of what a run tells. */
export const noteMessage = (record: CampaignRecord, message: string): void => {
  for (const line of message.split('\n')) record.note(`  ${line}`);
};

/** A dry run: detection and the gate. */
export const detectOnly = async (): Promise<Workflow> =>
  whenEnded(await submit('workflowtemplate/k8s-upgrade', 'detectionDryRun=true'), LIMIT_SECONDS);

export const report = async (): Promise<Workflow> =>
  whenEnded(await submit('workflowtemplate/k8s-upgrade-report'), LIMIT_SECONDS);

/** Detection chooses the newest patch whatever w1 writes. `says`: what the message contains about w1, if anything. */
export function checkTarget(record: CampaignRecord, run: Workflow, says: string | undefined): void {
  record.check('… a dry run of detection ends', 'Succeeded, detected', endOf(run));
  record.check('… the target', B, outputOf(run, 'detect', 'target') || 'none');
  if (says !== undefined) record.check('… the message names the node', ...said(messageOf(run), says));
  noteMessage(record, messageOf(run));
}

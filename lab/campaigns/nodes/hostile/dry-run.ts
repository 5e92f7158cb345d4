import { check, checkSays } from '../../../kit/record.ts';
import { endOf, messageOf, noteMessage, outputOf, runOf, type Workflow } from '../../../kit/runs.ts';
import { NEXT } from '../cluster.ts';

const LIMIT_SECONDS = 600;

/** A dry run: detection and the gate. */
export const detectOnly = (): Promise<Workflow> => runOf('k8s-upgrade', LIMIT_SECONDS, 'detectionDryRun=true');
export const report = (): Promise<Workflow> => runOf('k8s-upgrade-report', LIMIT_SECONDS);

/** Detection chooses the newest patch whatever w1 writes. `says`: what the message contains about w1, if anything. */
export function checkTarget(run: Workflow, says: string | undefined): void {
  check('… a dry run of detection ends', 'Succeeded, detected', endOf(run));
  check('… the target', NEXT, outputOf(run, 'detect', 'target') || 'none');
  if (says !== undefined) checkSays('… the message names the node', messageOf(run), says);
  noteMessage(run);
}

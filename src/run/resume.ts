import { submitCommand } from '../upgrade/operation.ts';

const RESUMES = `the next scheduled run resumes by itself. To start a run now: ${submitCommand('upgrade')}`;

/** What an operator does next, in the words of every message about the end of a run. */
export const ONCE_FIXED = `Once this is fixed, ${RESUMES}`;
export const AFTER_THAT = `After that, ${RESUMES}`;
export const NEXT_RUN_IN_WINDOW = 'The next scheduled run inside a maintenance window resumes by itself.';

/** `run`: the name of a Workflow that Argo counts as failed. */
export const toResume = (run: string): string =>
  `To resume where it stopped, once the cause is fixed: argo retry -n k8s-upgrade ${run}`;

/** For an upgrade. The next scheduled run resumes a failed upgrade without an operator. */
export const upgradeResumes = (run: string): string => `${toResume(run)}. The next scheduled run resumes as well.`;

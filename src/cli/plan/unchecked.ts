import { asWarning, type Finding } from '../../upgrade/gate/finding.ts';
import { refused } from '../../steps/runtime/step-error.ts';
import type { Remote } from '../../steps/ports/remote.ts';

/** How every reason begins for which a plan leaves something to the run itself. */
export const NOT_CHECKED = 'not looked at: ';
export const NO_KEY = `${NOT_CHECKED}no SSH key given`;
export const CLUSTER_ADDRESS = `${NOT_CHECKED}its address is one inside the cluster`;

/** Logs in nowhere, and says why. */
export const remoteWithoutKey: Remote = { run: () => Promise.reject(refused(NO_KEY)) };

export const isUnchecked = ({ found }: Finding): boolean => found.includes(NOT_CHECKED);

/** A check that `plan` cannot make does not block the plan. The run makes it, and stops when it cannot. */
export const withoutUnchecked = (finding: Finding): Finding =>
  isUnchecked(finding)
    ? {
        ...asWarning(finding),
        found: finding.found.slice(finding.found.indexOf(NOT_CHECKED)),
        remedy: finding.found.includes(NO_KEY)
          ? 'Give one with --ssh-key <file>; the run itself will look.'
          : 'Give an address that can be reached from here with --prometheus-url or --alertmanager-url; the run itself will look.',
      }
    : finding;

import { asWarning, type Finding } from '../../upgrade/gate/finding.ts';
import { refused } from '../../steps/runtime/step-error.ts';
import type { Remote } from '../../steps/ports/remote.ts';

/** How every reason begins for which a plan leaves something to the run itself. */
export const NOT_LOOKED_AT = 'not looked at: ';
export const NO_KEY = `${NOT_LOOKED_AT}no SSH key given`;
export const INSIDE = `${NOT_LOOKED_AT}its address is one inside the cluster`;

/** Logs in nowhere, and says why. */
export const withoutKey: Remote = { run: () => Promise.reject(refused(NO_KEY)) };

export const isNotLookedAt = ({ found }: Finding): boolean => found.includes(NOT_LOOKED_AT);

/** A check that `plan` cannot make does not block the plan. The run makes it, and stops when it cannot. */
export const setApart = (finding: Finding): Finding =>
  isNotLookedAt(finding)
    ? {
        ...asWarning(finding),
        found: finding.found.slice(finding.found.indexOf(NOT_LOOKED_AT)),
        remedy: finding.found.includes(NO_KEY)
          ? 'Give one with --ssh-key <file>; the run itself will look.'
          : 'Give an address that can be reached from here with --prometheus-url or --alertmanager-url; the run itself will look.',
      }
    : finding;

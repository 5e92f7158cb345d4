import type { Reading } from '../../upgrade/reading.ts';
import {
  hookObjection,
  hookRemedy,
  hookState,
  type HookScript,
  type HookSetting,
} from '../../upgrade/host/restore-hook.ts';
import { missing, unseen, well, type Line } from './checkup-line.ts';

const CHECK = 'restore hook';

/** Says whether a script of the cluster runs as root on control-plane nodes, and which. */
export function judgeHook(setting: HookSetting | undefined, seen: Reading<HookScript>): Line {
  if (setting === undefined) return well(CHECK, hookState(setting, seen));
  if (!seen.known) return unseen(CHECK, seen.reason);
  const objection = hookObjection(setting, seen);
  if (objection !== undefined) return missing(CHECK, objection.replace(/\.$/, ''), hookRemedy(setting));
  return well(CHECK, hookState(setting, undefined));
}

import { finding, type Finding } from '../../upgrade/gate/finding.ts';
import { atVersion } from '../../upgrade/node/order.ts';
import { hookObjection, hookRemedy } from '../../upgrade/host/restore-hook.ts';
import type { PreflightInput } from './contract.ts';
import type { PreflightFacts } from './facts.ts';

/** The script that would run as root must be the one of the settings before any control-plane node is drained. */
export function judgeHook({ hookScript, nodes }: PreflightFacts, { restoreHook, target }: PreflightInput): Finding[] {
  const toDo = nodes.some((node) => node.controlPlane && !atVersion(node, target));
  if (restoreHook === undefined || hookScript === undefined || !toDo) return [];
  const found = hookObjection(restoreHook, hookScript);
  if (found === undefined) return [];
  return [
    finding('restore-hook', hookScript.known ? 'actionable' : 'unknown', `ConfigMap ${restoreHook.configMap}`, {
      found: found.replace(/\.$/, ''),
      needed: 'the script that the settings name by its SHA-256',
      remedy: hookRemedy(restoreHook),
    }),
  ];
}

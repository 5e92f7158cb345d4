import { RESTORE_CONFIG_MAP, RESTORE_KEY } from '../../../upgrade/restore-hook.ts';
import { unexpected } from '../../harness/step-error.ts';
import type { RestoreHook } from '../../ports/restore-hook.ts';
import { reading } from '../reading.ts';
import { unlessMissing, type Api } from './api.ts';

const PLACE = `kube-system/${RESTORE_CONFIG_MAP}`;

export const restoreHook = (api: Api): RestoreHook => ({ restoreScript: () => reading(scriptIn(api)) });

async function scriptIn(api: Api): Promise<string | undefined> {
  const request = { namespace: 'kube-system', name: RESTORE_CONFIG_MAP };
  const asked = api.ask(`get configmap ${PLACE}`, () => api.core.readNamespacedConfigMap(request));
  const map = await unlessMissing(asked);
  if (map === undefined) return undefined;
  const script = map.data?.[RESTORE_KEY];
  if (script === undefined) throw unexpected(`ConfigMap ${PLACE} has no key ${RESTORE_KEY}`);
  return script;
}

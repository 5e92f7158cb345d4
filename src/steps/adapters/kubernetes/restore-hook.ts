import { parseObjectName } from '../../../text/object-name.ts';
import { RESTORE_KEY, type HookScript } from '../../../upgrade/host/restore-hook.ts';
import { sha256 } from '../../runtime/digest.ts';
import { reading, unexpected } from '../../runtime/step-error.ts';
import type { RestoreHook } from '../../ports/restore-hook.ts';
import { readConfigMap, type Api } from './api.ts';

export const restoreHook = (api: Api): RestoreHook => ({ script: (configMap) => reading(scriptIn(configMap, api)) });

async function scriptIn(configMap: string, api: Api): Promise<HookScript> {
  const { namespace, name } = parseObjectName(configMap);
  const map = await readConfigMap(api, name, namespace);
  if (map === undefined) throw unexpected(`there is no ConfigMap ${configMap}`);
  const text = map.data?.[RESTORE_KEY];
  if (text === undefined) throw unexpected(`ConfigMap ${configMap} has no text in its key ${RESTORE_KEY}`);
  return { text, sha256: sha256(text) };
}

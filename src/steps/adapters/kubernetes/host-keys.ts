import type { V1ConfigMap } from '@kubernetes/client-node';
import { httpStatus } from '../../harness/retry.ts';
import { refused, tryAgain } from '../../harness/step-error.ts';
import type { HostKeys, RemoteHost } from '../../ports/remote.ts';
import { otherKey } from '../ssh/host-key.ts';
import { MERGE_PATCH, unlessMissing, type Api } from './api.ts';

export const KNOWN_HOSTS_NAME = 'k8s-upgrade-known-hosts';
/** Other nodes are remembered at the same time, each by a write of its own. */
const WRITE_ATTEMPTS = 10;

/** Host keys by Node UID in a ConfigMap of ours; a value holds lines of the form `<type> <base64>`. */
export function configMapHostKeys(api: Api): HostKeys {
  const place = `ConfigMap ${api.namespace}/${KNOWN_HOSTS_NAME}`;
  const where = { name: KNOWN_HOSTS_NAME, namespace: api.namespace };

  const read = async (): Promise<V1ConfigMap> => {
    const what = `get configmap ${KNOWN_HOSTS_NAME}`;
    const map = await unlessMissing(api.ask(what, () => api.core.readNamespacedConfigMap(where)));
    if (map !== undefined) return map;
    throw refused(`${place} does not exist; it is part of dist/<cluster>: apply that, then run this again`);
  };

  const tryWrite = async (map: V1ConfigMap, { uid }: RemoteHost, key: string): Promise<boolean> => {
    const body = { metadata: { resourceVersion: map.metadata?.resourceVersion }, data: { [uid]: `${key}\n` } };
    try {
      const what = `patch configmap ${KNOWN_HOSTS_NAME}`;
      await api.ask(what, () => api.core.patchNamespacedConfigMap({ ...where, body }, MERGE_PATCH));
      return true;
    } catch (error) {
      if (httpStatus(error) === 409) return false;
      throw error;
    }
  };

  return {
    whereKept: ({ uid }) => `key ${uid} of ${place}`,
    known: async (host) => keysIn(await read(), host),
    async remember(host, key) {
      for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt++) {
        const map = await read();
        const known = keysIn(map, host);
        if (known?.includes(key)) return;
        if (known !== undefined) throw refused(otherKey(host, place));
        if (await tryWrite(map, host, key)) return;
      }
      throw tryAgain(`${place} was changed by others ${WRITE_ATTEMPTS} times in a row while we wrote to it`);
    },
  };
}

function keysIn({ data }: V1ConfigMap, { uid }: RemoteHost): readonly string[] | undefined {
  const lines = (data?.[uid] ?? '').split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '');
  return keys.length === 0 ? undefined : keys;
}

import { KNOWN_HOSTS } from '../../../contract/access.ts';
import { refused, tryAgain } from '../../runtime/step-error.ts';
import type { HostKeys, RemoteHost } from '../../ports/remote.ts';
import { otherKey, sharedKey } from '../ssh/host-key.ts';
import { readConfigMap, resultOfWrite, type Api } from './api.ts';
import { CONFIG_MAPS, NODES, type V1ConfigMap } from './resources.ts';

/** Other nodes are remembered at the same time, each by a write of its own. */
const WRITE_ATTEMPTS = 10;

/** Host keys by Node UID in a ConfigMap of ours; a value holds lines of the form `<type> <base64>`. */
export function configMapHostKeys(api: Api): HostKeys {
  const place = `ConfigMap ${api.namespace}/${KNOWN_HOSTS}`;

  const read = async (): Promise<V1ConfigMap> => {
    const map = await readConfigMap(api, KNOWN_HOSTS);
    if (map !== undefined) return map;
    throw refused(`${place} does not exist; it is part of dist/<cluster>: apply that, then run this again`);
  };

  const tryWrite = async (map: V1ConfigMap, { uid }: RemoteHost, key: string): Promise<boolean> => {
    const body = { metadata: { resourceVersion: map.metadata?.resourceVersion }, data: { [uid]: `${key}\n` } };
    const write = api.patch(CONFIG_MAPS, { namespace: api.namespace, name: KNOWN_HOSTS }, body);
    return (await resultOfWrite(write)) === 'written';
  };

  /** A Node that was removed leaves its key behind, and its machine may join again. */
  const refuseShared = async (map: V1ConfigMap, host: RemoteHost, keys: readonly string[]): Promise<void> => {
    const shared = Object.keys(map.data ?? {}).flatMap((uid) => {
      const both = uid === host.uid ? [] : (keysIn(map, { uid }) ?? []).filter((key) => keys.includes(key));
      return both.map((key) => ({ uid, key }));
    });
    if (shared.length === 0) return;
    const nodes = await api.list(NODES);
    for (const { metadata } of nodes) {
      const same = shared.find(({ uid }) => uid === metadata?.uid);
      if (same !== undefined) throw refused(sharedKey(host, metadata?.name ?? '', same.key, place));
    }
  };

  return {
    whereKept: ({ uid }) => `key ${uid} of ${place}`,
    async known(host) {
      const map = await read();
      const keys = keysIn(map, host);
      if (keys !== undefined) await refuseShared(map, host, keys);
      return keys;
    },
    async remember(host, key) {
      for (let attempt = 1; attempt <= WRITE_ATTEMPTS; attempt++) {
        const map = await read();
        const known = keysIn(map, host);
        if (known?.includes(key)) return;
        if (known !== undefined) throw refused(otherKey(host, place));
        await refuseShared(map, host, [key]);
        if (await tryWrite(map, host, key)) return;
      }
      throw tryAgain(`${place} was changed by others ${WRITE_ATTEMPTS} times in a row while we wrote to it`);
    },
  };
}

function keysIn({ data }: V1ConfigMap, { uid }: Pick<RemoteHost, 'uid'>): readonly string[] | undefined {
  const lines = (data?.[uid] ?? '').split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '');
  return keys.length === 0 ? undefined : keys;
}

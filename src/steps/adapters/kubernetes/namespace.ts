import { KILL_SWITCH } from '../../../upgrade/run-stop.ts';
import type { ClusterReads, ClusterWrites } from '../../ports/cluster.ts';
import { MERGE_PATCH, unlessMissing, type Api } from './api.ts';

export const namespaceReads = (api: Api): Pick<ClusterReads, 'namespaceAnnotations' | 'killSwitch'> => ({
  async namespaceAnnotations() {
    const { namespace: name } = api;
    const { metadata } = await api.ask(`get namespace ${name}`, () => api.core.readNamespace({ name }));
    return metadata?.annotations ?? {};
  },
  async killSwitch() {
    const where = { name: KILL_SWITCH, namespace: api.namespace };
    const map = await unlessMissing(
      api.ask(`get configmap ${KILL_SWITCH}`, () => api.core.readNamespacedConfigMap(where)),
    );
    return map === undefined ? undefined : (map.data?.['reason'] ?? '').trim();
  },
});

export const namespaceWrites = (api: Api): Pick<ClusterWrites, 'annotateNamespace'> => ({
  async annotateNamespace(annotations) {
    const body = { metadata: { annotations } };
    await api.ask(`patch namespace ${api.namespace}`, () =>
      api.core.patchNamespace({ name: api.namespace, body }, MERGE_PATCH),
    );
  },
});

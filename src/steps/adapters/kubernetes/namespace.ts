import type { ClusterWrites } from '../../ports/cluster.ts';
import { MERGE_PATCH, type Api } from './api.ts';

export const namespaceWrites = (api: Api): Pick<ClusterWrites, 'annotateNamespace'> => ({
  async annotateNamespace(annotations) {
    const body = { metadata: { annotations } };
    await api.ask(`patch namespace ${api.namespace}`, () =>
      api.core.patchNamespace({ name: api.namespace, body }, MERGE_PATCH),
    );
  },
});

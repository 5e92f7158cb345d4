import type { V1PersistentVolume, V1VolumeAttachment } from '@kubernetes/client-node';
import type { AttachedVolume, ClusterReads } from '../../ports/cluster.ts';
import { listAll, type Api } from './api.ts';

export const volumeReads = (api: Api): Pick<ClusterReads, 'attachedVolumes'> => ({
  async attachedVolumes(node) {
    const attachments = await listAll(api, 'list volumeattachments.storage.k8s.io', (page) =>
      api.storage.listVolumeAttachment(page),
    );
    const here = attachments.filter(({ spec }) => spec.nodeName === node);
    const claims = here.length === 0 ? new Map<string, string>() : claimsByVolume(await listVolumes(api));
    return here.map((each) => toAttachedVolume(each, claims)).sort((a, b) => (a.name < b.name ? -1 : 1));
  },
});

export const listVolumes = (api: Api): Promise<readonly V1PersistentVolume[]> =>
  listAll(api, 'list persistentvolumes', (page) => api.core.listPersistentVolume(page));

const claimsByVolume = (volumes: readonly V1PersistentVolume[]): Map<string, string> =>
  new Map(
    volumes.flatMap((volume) => {
      const claim = claimOf(volume);
      return claim === undefined ? [] : [[volume.metadata?.name ?? '', claim] as const];
    }),
  );

/** `namespace/name`. */
export function claimOf({ spec }: V1PersistentVolume): string | undefined {
  const claim = spec?.claimRef;
  return claim && `${claim.namespace ?? ''}/${claim.name ?? ''}`;
}

function toAttachedVolume({ metadata, spec }: V1VolumeAttachment, claims: ReadonlyMap<string, string>): AttachedVolume {
  const name = spec.source.persistentVolumeName ?? metadata?.name ?? '';
  return { name, claim: claims.get(name) };
}

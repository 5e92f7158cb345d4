import type { AttachedVolume, ClusterReads } from '../../ports/cluster.ts';
import type { PlacedVolume } from '../../ports/rehearsal.ts';
import type { Api } from './api.ts';
import {
  CSI_DRIVERS,
  CSI_NODES,
  PERSISTENT_VOLUMES,
  VOLUME_ATTACHMENTS,
  type V1CSINode,
  type V1PersistentVolume,
  type V1VolumeAttachment,
} from './resources.ts';

export const volumeReads = (api: Api): Pick<ClusterReads, 'attachedVolumes'> => ({
  async attachedVolumes(node) {
    return (await listPlaced(api, (name) => name === node)).map(({ volume }) => volume);
  },
});

export async function listAttached(api: Api): Promise<readonly PlacedVolume[]> {
  return (await listPlaced(api, () => true)).map(({ node, volume }) => ({ ...volume, node }));
}

interface Placed {
  readonly node: string;
  readonly volume: AttachedVolume;
}

/** Lists attachments first: a PersistentVolume that is missing afterwards is gone, and not just made. */
async function listPlaced(api: Api, wanted: (node: string) => boolean): Promise<readonly Placed[]> {
  const attachments = await api.list(VOLUME_ATTACHMENTS);
  const here = attachments.filter(({ spec }) => wanted(spec.nodeName));
  if (here.length === 0) return [];
  const around: Surroundings = {
    volumes: new Map((await listVolumes(api)).map((volume) => [volume.metadata?.name ?? '', claimOf(volume)])),
    drivers: await listDrivers(api),
  };
  return here
    .map((each) => ({ node: each.spec.nodeName, volume: toAttachedVolume(each, around) }))
    .sort((a, b) => (a.volume.name < b.volume.name ? -1 : 1));
}

interface Surroundings {
  /** By the name of each PersistentVolume: the claim that it is bound to. */
  readonly volumes: ReadonlyMap<string, string | undefined>;
  readonly drivers: ReadonlySet<string>;
}

export const listVolumes = (api: Api): Promise<readonly V1PersistentVolume[]> => api.list(PERSISTENT_VOLUMES);

/** A CSIDriver object is optional, and a CSINode has no entry while the driver of its node restarts. */
async function listDrivers(api: Api): Promise<ReadonlySet<string>> {
  const drivers = await api.list(CSI_DRIVERS);
  const nodes = await api.list(CSI_NODES);
  return new Set([...drivers.map(({ metadata }) => metadata?.name ?? ''), ...nodes.flatMap(driversOn)]);
}

/** The API server sends `null` for a node without a driver, such as most control-plane nodes. */
const driversOn = ({ spec }: V1CSINode): string[] =>
  ((spec.drivers as V1CSINode['spec']['drivers'] | null) ?? []).map(({ name }) => name);

/** `namespace/name`. */
export function claimOf({ spec }: V1PersistentVolume): string | undefined {
  const claim = spec?.claimRef;
  return claim && `${claim.namespace ?? ''}/${claim.name ?? ''}`;
}

function toAttachedVolume(
  { metadata, spec, status }: V1VolumeAttachment,
  { volumes, drivers }: Surroundings,
): AttachedVolume {
  const { persistentVolumeName } = spec.source;
  const attachment = metadata?.name ?? '';
  const name = persistentVolumeName ?? attachment;
  return {
    name,
    attachment,
    driver: spec.attacher,
    claim: volumes.get(name),
    volumeGone: persistentVolumeName !== undefined && !volumes.has(persistentVolumeName),
    driverGone: !drivers.has(spec.attacher),
    detachError: status?.detachError?.message,
  };
}

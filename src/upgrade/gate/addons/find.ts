import { known, notKnown, type Reading } from '../../reading.ts';
import { versionInTag, type DottedVersion } from '../../kubernetes/dotted-version.ts';
import type { Addon, Workload } from './addon.ts';
import { endsWithPath, parseImage } from '../../kubernetes/image.ts';

/** One image of one workload that belongs to an addon. */
export interface Sighting {
  readonly where: string;
  readonly image: string;
  /** The tag, for messages, and the version in it. */
  readonly running: Reading<{ readonly tag: string; readonly version: DottedVersion }>;
}

/** Every place where an addon runs, whatever the workload's name. */
export function sightings(addon: Addon, workloads: readonly Workload[]): Sighting[] {
  return workloads.flatMap(({ kind, namespace, name, images }) =>
    images
      .filter((image) => addon.images.some((path) => endsWithPath(parseImage(image).repository, path)))
      .map((image) => ({ where: `${kind} ${namespace}/${name}`, image, running: readVersion(image, addon) })),
  );
}

function readVersion(image: string, addon: Addon): Sighting['running'] {
  const { tag, digest } = parseImage(image);
  if (tag === undefined) return notKnown(digest === undefined ? 'it has no tag' : 'it has a digest and no tag');
  const version = versionInTag(tag, addon.versionPattern);
  if (version === undefined) return notKnown(`its tag does not match ${String(addon.versionPattern)}`);
  return known({ tag, version });
}

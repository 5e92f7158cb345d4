import { SettingsError } from '../cluster/problem.ts';
import type { ClusterSettings as Loaded } from '../settings/cluster.ts';
import { STEPS } from '../steps/catalog.ts';

/** The settings of one cluster with everything filled in that depends on this release. */
export type ClusterSettings = Loaded & { readonly images: { readonly tag: string } };

/** Images carry the version of the manifests that name them, unless the operator says otherwise. */
export function withRelease(settings: Loaded, version: string): ClusterSettings {
  return { ...settings, images: { ...settings.images, tag: settings.images.tag ?? version } };
}

/** Which steps there are is not for the schema to know. A pin that pins nothing, or not all, is a mistake. */
export function assertDigests({ name, images }: Loaded, steps = STEPS.map((step) => step.name)): void {
  if (images.digests.length === 0) return;
  const pinned = images.digests.map((digest) => digest.split('@')[0] ?? '');
  const says = [
    ...pinned.filter((step) => !steps.includes(step)).map((step) => `${step} is no step of this release`),
    ...pinned.filter((step, place) => pinned.indexOf(step) !== place).map((step) => `${step} is there twice`),
    ...steps.filter((step) => !pinned.includes(step)).map((step) => `${step} is missing`),
  ];
  if (says.length === 0) return;
  throw new SettingsError([
    { file: `${name}.yaml`, says: `images.digests: ${says.join('; ')}, expected one digest for every step, or none` },
  ]);
}

/** With its digest where that is given: then the tag is for people to read. */
export function imageOf(step: string, { images: { repository, tag, digests } }: ClusterSettings): string {
  const pin = digests.find((digest) => digest.startsWith(`${step}@`));
  return `${repository}/${step}:${tag}${pin === undefined ? '' : pin.slice(step.length)}`;
}

import type { ClusterSettings as Loaded } from '../cluster/schema.ts';

/** The settings of one cluster with everything filled in that depends on this release. */
export type ClusterSettings = Loaded & { readonly images: { readonly tag: string } };

/** Images carry the version of the manifests that name them, unless the operator says otherwise. */
export function withRelease(settings: Loaded, version: string): ClusterSettings {
  return { ...settings, images: { ...settings.images, tag: settings.images.tag ?? version } };
}

import { partsOf, type Part, type Parts } from './parts.ts';

/** How a kubeadm upgrade changes one part of a static pod. */
export interface Difference {
  readonly change: 'removes' | 'changes' | 'adds';
  readonly part: Part;
  /** What kubeadm writes instead, for a person. */
  readonly becomes?: string;
}

/** CA directories that kubeadm mounts when they exist. It no longer mounts one of them since 1.36. */
const OWN_VOLUMES =
  /^volume\/(ca-certs|etc-pki|etc-pki-ca-trust|etc-pki-tls-certs|etc-ca-certificates|usr-share-ca-certificates|usr-local-share-ca-certificates|flexvolume-dir)$/;

/**
 * Returns each difference between a static pod as it is and as kubeadm writes it. It ignores what kubeadm itself
 * changes between minors.
 */
export function differencesOf(is: unknown, becomes: unknown, component: string): readonly Difference[] {
  const [from, to] = [partsOf(is, component), partsOf(becomes, component)];
  const keys = [...new Set([...from.keys(), ...to.keys()])];
  const differing = new Set(keys.filter((key) => from.get(key)?.value !== to.get(key)?.value));
  return keys
    .filter((key) => differing.has(key) && !OWN_VOLUMES.test(key))
    .flatMap((key) => differenceAt(key, from, to, differing));
}

function differenceAt(key: string, from: Parts, to: Parts, differing: ReadonlySet<string>): Difference[] {
  const [is, becomes] = [from.get(key), to.get(key)];
  const partner = is?.with ?? becomes?.with ?? '';
  if (differing.has(partner) || OWN_VOLUMES.test(partner)) return [];
  if (is === undefined)
    return becomes === undefined || becomes.added === true ? [] : [{ change: 'adds', part: becomes }];
  if (becomes === undefined) return [{ change: 'removes', part: is }];
  return [{ change: 'changes', part: is, ...(becomes.shown !== undefined && { becomes: becomes.shown }) }];
}

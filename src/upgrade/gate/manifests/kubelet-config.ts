import type { Difference } from './differences.ts';
import { leavesOf } from './fields.ts';
import { leaf, type Part } from './parts.ts';

/** Fields that kubeadm writes for each node itself. */
const OWN = ['apiVersion', 'kind', 'containerRuntimeEndpoint', 'resolvConf'];
/** Values that the kubelet reads as no value, such as the durations that kubeadm writes without one. */
const NO_VALUE = ['', '0', '{}', '[]', 'null'];
/** Headers may hold a token. */
const HIDDEN = 'staticPodURLHeader';

/**
 * Returns each field of a kubelet's configuration that is lost or changes when kubeadm rewrites the file.
 * A field that only the new file has comes from the cluster, and is not reported.
 */
export function kubeletDifferences(is: unknown, becomes: unknown): readonly Difference[] {
  const next = partsOf(becomes);
  return [...partsOf(is)].flatMap(([path, part]): Difference[] => {
    const after = next.get(path);
    if ((after && isAlike(part, after)) || (after === undefined && NO_VALUE.includes(part.value))) return [];
    if (after === undefined) return [{ change: 'removes', part }];
    return [{ change: 'changes', part, ...(after.shown !== undefined && { becomes: after.shown }) }];
  });
}

/** `1000m` is a duration of 1000 minutes or a quantity of 1. Values are alike when one of both readings is. */
const isAlike = (is: KubeletPart, becomes: KubeletPart): boolean =>
  is.value === becomes.value || is.quantity === becomes.quantity;

/** `quantity`: the value as a quantity; the text when it is none. */
type KubeletPart = Part & { readonly quantity: string };

const partsOf = (config: unknown): ReadonlyMap<string, KubeletPart> =>
  new Map(
    leavesOf(config).flatMap(([path, value]): [string, KubeletPart][] => {
      if (OWN.includes(path)) return [];
      const [key, { kind, name, ...part }] = leaf(path, value);
      const seconds = typeof value === 'string' ? secondsOf(value) : undefined;
      const compared = seconds === undefined ? part.value : String(seconds);
      const shown = path.startsWith(HIDDEN) ? {} : { shown: part.shown ?? '' };
      return [[key, { kind, name, value: compared, quantity: part.value, ...shown }]];
    }),
  );

/**
 * Returns the seconds of a duration as Go writes it, such as 5m0s for 5m. Bound: each part ends with another letter.
 */
function secondsOf(text: string): number | undefined {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(text) ?? [];
  if (hours === undefined && minutes === undefined && seconds === undefined) return undefined;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

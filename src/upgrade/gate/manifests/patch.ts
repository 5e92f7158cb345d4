import type { Patch } from '../kubeadm-patches.ts';
import { canonical, fieldsOf, type Fields } from './fields.ts';
import { jsonPatched } from './json-patch.ts';

/** Returns the static pod with its patches applied, or the file whose patch does not apply. */
export function patched(
  pod: unknown,
  patches: readonly Patch[],
): { readonly pod: unknown } | { readonly misfit: string } {
  let result = pod;
  for (const { file, type, document } of patches) {
    const next = type === 'json' ? jsonPatched(result, document) : merged(result, document, type === 'strategic');
    if (next === undefined) return { misfit: file };
    result = next;
  }
  return { pod: result };
}

/**
 * Applies https://www.rfc-editor.org/rfc/rfc7396. A strategic patch also merges lists whose items have a merge key, by
 * that key.
 */
function merged(target: unknown, patch: unknown, strategic: boolean, field = ''): unknown {
  if (Array.isArray(patch)) return strategic ? mergedList(target, patch, field) : patch;
  if (typeof patch !== 'object' || patch === null) return patch;
  const { $patch: directive, ...changes } = fieldsOf(patch);
  if (strategic && directive === 'replace') return changes;
  const result = new Map(Object.entries(fieldsOf(target)));
  for (const [name, change] of Object.entries(changes)) {
    if (strategic && DIRECTIVE.test(name)) continue;
    if (change === null || (strategic && fieldsOf(change)['$patch'] === 'delete')) result.delete(name);
    else result.set(name, merged(result.get(name), change, strategic, name));
  }
  return Object.fromEntries(result);
}

/** Strategic merge directives, such as the order of a list. They are not fields. */
const DIRECTIVE = /^\$/;

/** Lists of a Pod that have a patchMergeKey: https://github.com/kubernetes/api/blob/v0.34.10/core/v1/types.go */
const MERGE_KEYS: ReadonlyMap<string, string> = new Map([
  ...['containers', 'initContainers', 'volumes', 'env', 'imagePullSecrets'].map((field) => [field, 'name'] as const),
  ['volumeMounts', 'mountPath'],
  ['volumeDevices', 'devicePath'],
  ['hostAliases', 'ip'],
  ['ports', 'containerPort'],
  ['topologySpreadConstraints', 'topologyKey'],
]);

function mergedList(target: unknown, patch: readonly unknown[], field: string): unknown {
  const key = MERGE_KEYS.get(field);
  if (key === undefined) return patch;
  const items = patch.map(fieldsOf);
  const given = items.filter((item) => item[key] !== undefined);
  if (items.some((item) => item['$patch'] === 'replace' && item[key] === undefined)) return given;
  const list: Fields[] = Array.isArray(target) ? target.map(fieldsOf) : [];
  for (const item of given) {
    const at = list.findIndex((each) => canonical(each[key]) === canonical(item[key]));
    if (item['$patch'] === 'delete') list.splice(at, at === -1 ? 0 : 1);
    else if (at === -1) list.push(fieldsOf(merged({}, item, true)));
    else list[at] = fieldsOf(merged(list[at], item, true));
  }
  return list;
}

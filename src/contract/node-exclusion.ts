import { EXCLUDED_KINDS, type ExcludedKind, type NodeExclusion } from '../upgrade/node/exclusion.ts';
import { json, type Param } from './param.ts';

/** The setting `nodes.exclude`. */
export const excludeNodes: Param<NodeExclusion> = json(checkExclusion, {
  doc: 'Workers that are left out: by name, by label, and by kind.',
  example: '{"names":["edge-1"],"labels":["pool=edge"],"kinds":["kubeedge","windows"]}',
});

function checkExclusion(value: unknown): NodeExclusion {
  const { names, labels, kinds } = Object(value) as Record<string, unknown>;
  if (!isListOf(names, isText) || !isListOf(labels, isLabel) || !isListOf(kinds, isKind))
    throw new RangeError(`{"names", "labels": ["key=value"], "kinds": ["${EXCLUDED_KINDS.join('", "')}"]}`);
  return { names, labels, kinds };
}

const isListOf = <T>(value: unknown, is: (member: unknown) => member is T): value is readonly T[] =>
  Array.isArray(value) && value.every(is);

const isText = (value: unknown): value is string => typeof value === 'string';
const isLabel = (value: unknown): value is string => isText(value) && value.includes('=');
const isKind = (value: unknown): value is ExcludedKind => EXCLUDED_KINDS.some((kind) => kind === value);

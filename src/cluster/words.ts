import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { redactValue } from '../upgrade/redact.ts';

/** What of a JSON Schema the reports read. */
export interface SettingSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: SettingSchema;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
}

const MAX_QUOTED = 80;

/** Every number that measures something carries its unit at the end of its name. */
export const UNIT = /(Seconds|Hours|Days|MiB)$/;

/** What a setting must be, in words. */
export function expected(schema: SettingSchema, key: string): string {
  switch (schema.type) {
    case 'object':
      return `a section with ${Object.keys(schema.properties ?? {}).join(', ')}`;
    case 'array':
      return `a list${schema.minItems === 1 ? ' of at least one item' : ''}, each ${schema.items ? expected(schema.items, key) : 'anything'}`;
    case 'boolean':
      return schema.title ?? 'true or false';
    case 'integer':
      return schema.title ?? `a whole number${unit(key)} ${range(schema)}`;
    case 'string':
      return schema.title ?? (schema.enum ? schema.enum.join(' or ') : 'text');
  }
}

function unit(key: string): string {
  const [word] = UNIT.exec(key) ?? [];
  if (word === undefined) return '';
  return ` of ${word === 'MiB' ? word : word.toLowerCase()}`;
}

function range({ minimum = 0, maximum }: SettingSchema): string {
  return maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
}

/** What is written, in the file's own characters (0.10 stays 0.10), without what may be a secret. */
export function seen(value: Node | null | undefined): string {
  if (isAlias(value)) return 'an alias';
  if (isMap(value)) return 'a section';
  if (isSeq(value)) return 'a list';
  if (!isScalar(value) || value.value === null) return 'nothing';
  if (typeof value.value !== 'string') return redactValue(value.source ?? JSON.stringify(value.value));
  const quoted = JSON.stringify(redactValue(value.value));
  return quoted.length > MAX_QUOTED ? `${quoted.slice(0, MAX_QUOTED)}…` : quoted;
}

/** What to do, where the value is right but for the way it is written. */
export function remedy(schema: SettingSchema, value: Node | null | undefined): string {
  if (isAlias(value)) return '; write the value out';
  if (schema.type !== 'string' || schema.pattern === undefined || !isScalar(value)) return '';
  const isText = typeof value.value === 'string' || value.value === null;
  // Bound: the pattern is one of the schema; a test checks that each needs linear time.
  const fits = value.source !== undefined && new RegExp(schema.pattern, 'u').test(value.source);
  return isText || !fits ? '' : '; without quotes YAML reads it as a number or as true or false';
}

import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearest } from './nearest.ts';
import { LOGIN_SETTINGS, loginKey, serverAt } from '../run/server-login.ts';
import type { SettingSchema } from '../settings/schema.ts';
import { redactValue } from '../text/redact.ts';

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
export function remedy(
  schema: SettingSchema,
  value: Node | null | undefined,
  { key, setting }: { readonly key: string; readonly setting: string },
): string {
  if (isAlias(value)) return '; write the value out';
  if (!isScalar(value)) return '';
  if (typeof value.value !== 'string') return quotesMissing(schema, value.value, value.source);
  if (HAS_USER.test(value.value))
    return `; it has a user or a password, which must not be in a file that is committed: remove it${loginAdvice(setting)}`;
  if (schema.type === 'integer') return asNumber(value.value.trim(), key);
  const known = schema.format === 'timezone' ? Intl.supportedValuesOf('timeZone') : (schema.enum ?? []);
  const word = value.value.toLowerCase();
  const near = known.find((each) => word.startsWith(each)) ?? nearest(word, known, { mostTypos: 2 });
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** An address with a user before its host. */
const HAS_USER = /^\s*[A-Za-z][A-Za-z0-9+.-]{0,20}:\/\/\S*@/;

function loginAdvice(setting: string): string {
  const server = serverAt(setting);
  if (server === undefined) return '';
  return `, put user:password into the Secret as ${loginKey(server)}, and set ${LOGIN_SETTINGS[server]}: basic`;
}

function quotesMissing(schema: SettingSchema, value: unknown, source: string | undefined): string {
  if (schema.type !== 'string' || value === null || source === undefined) return '';
  if (schema.enum?.includes(source) === true) return `; write '${source}', in quotes`;
  // Bound: the pattern is one of the schema; a test checks that each needs linear time.
  const fits = schema.pattern !== undefined && new RegExp(schema.pattern, 'u').test(source);
  return fits ? '; without quotes YAML reads it as a number or as true or false' : '';
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const UNIT_SECONDS: Readonly<Record<string, number>> = { Seconds: 1, Hours: 3600, Days: 86_400 };

/** A number as text, or a duration where the name of the setting has the unit. */
function asNumber(text: string, key: string): string {
  if (/^[0-9]{1,9}$/.test(text)) return '; remove the quotes';
  const [, count, suffix = ''] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const number = (Number(count) * (SECONDS[suffix] ?? NaN)) / (UNIT_SECONDS[UNIT.exec(key)?.[0] ?? ''] ?? NaN);
  return Number.isInteger(number) ? `; ${text} is ${number}` : '';
}

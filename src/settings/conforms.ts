import { isNetwork } from '../upgrade/node/ip-address.ts';
import { isDate, isHttpAddress, isTimezone } from './formats.ts';
import type { Format, SettingSchema } from './schema.ts';

/**
 * Whether a value that travels as JSON is what its schema says. Steps use this instead of ajv, which is too large for a bundle.
 * A property with a default must be there, since defaults are filled in before a value travels.
 */
export function conforms(schema: SettingSchema, value: unknown): boolean {
  switch (schema.type) {
    case 'object':
      return isRecord(value) && hasProperties(schema, value);
    case 'array':
      return Array.isArray(value) && hasItems(schema, value);
    case 'string':
      return typeof value === 'string' && isText(schema, value);
    case 'integer':
      return Number.isInteger(value) && isWithin(schema, value as number);
    case 'boolean':
      return typeof value === 'boolean';
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasProperties(
  { properties = {}, required = [] }: SettingSchema,
  value: Readonly<Record<string, unknown>>,
): boolean {
  const isKnown = Object.keys(value).every((key) => Object.hasOwn(properties, key));
  return (
    isKnown &&
    Object.entries(properties).every(([key, property]) =>
      Object.hasOwn(value, key)
        ? conforms(property, value[key])
        : !required.includes(key) && property.default === undefined,
    )
  );
}

function hasItems({ items, minItems = 0, uniqueItems = false }: SettingSchema, value: readonly unknown[]): boolean {
  const isDistinct = !uniqueItems || new Set(value).size === value.length;
  return value.length >= minItems && isDistinct && value.every((item) => items === undefined || conforms(items, item));
}

function isText({ enum: choices, pattern, maxLength = Infinity, format }: SettingSchema, value: string): boolean {
  return (
    (choices === undefined || choices.includes(value)) &&
    value.length <= maxLength &&
    // Bound: the pattern is one of the schema; a test checks that each needs linear time.
    (pattern === undefined || new RegExp(pattern, 'u').test(value)) &&
    (format === undefined || CHECKS[format](value))
  );
}

const isWithin = ({ minimum = -Infinity, maximum = Infinity }: SettingSchema, value: number): boolean =>
  value >= minimum && value <= maximum;

const CHECKS: Readonly<Record<Format, (text: string) => boolean>> = {
  cidr: isNetwork,
  date: isDate,
  'http-address': isHttpAddress,
  timezone: isTimezone,
  // No value with a schedule travels to a step.
  cron: () => false,
};

/** The names in a value, for a message: `a list of {"from", "to"}`. */
export const shapeOf = (schema: SettingSchema): string =>
  schema.type === 'array' ? `a list of ${namesIn(schema.items ?? schema)}` : namesIn(schema);

function namesIn({ properties = {} }: SettingSchema): string {
  const names = Object.entries(properties).map(([name, { type, items, properties: inner }]) => {
    if (inner !== undefined) return `"${name}": ${namesIn({ type, properties: inner })}`;
    return items?.properties === undefined ? `"${name}"` : `"${name}": [${namesIn(items)}]`;
  });
  return `{${names.join(', ')}}`;
}

/** The part of JSON Schema (draft 7) that declares a setting. */
export interface SettingSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  /** Says what a value must be. Error reports quote it. */
  readonly title?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: Format;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: SettingSchema;
  readonly additionalProperties?: false;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly default?: unknown;
  /** Says what the setting does. */
  readonly description?: string;
}

/** Formats that src/cluster/validate.ts checks. An editor that reads the published schema ignores them. */
export type Format = 'cron' | 'timezone' | 'cidr' | 'date' | 'http-address';

/** Returns a copy of a value in which each setting that is absent has its default. It does not look into lists. */
export function withDefaults({ properties }: SettingSchema, value: unknown): unknown {
  if (properties === undefined) return value;
  const given = value as Readonly<Record<string, unknown>>;
  const members = Object.entries(properties).map(
    ([key, schema]) => [key, given[key] ?? schema.default, schema] as const,
  );
  const present = members.filter(([, member]) => member !== undefined);
  return Object.fromEntries(present.map(([key, member, schema]) => [key, withDefaults(schema, member)]));
}

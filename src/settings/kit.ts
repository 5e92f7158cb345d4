import type { SettingSchema } from './schema.ts';

// A setting is declared once, with these functions: name, type, limits, default and doc. docs/extending.md names what follows from it.

/** How a value is written in an environment variable of a step. */
export type Form = 'seconds' | 'count' | 'switch' | 'choice' | 'text' | 'address' | 'list' | 'json';

declare const type: unique symbol;

/** The type and the limits of a value, without what one setting adds. */
export interface Kind<T> {
  readonly form: Form;
  readonly schema: SettingSchema;
  /** Never set. Carries the type of the value. */
  readonly [type]?: T;
}

export type Presence = 'always' | 'optional';

export interface Setting<T, P extends Presence = Presence> extends Kind<T> {
  readonly presence: P;
  /** Whether every file must have it. */
  readonly required: boolean;
  readonly doc: string;
  readonly default?: T;
  /** A value that says more than the default. A setting without a default has one. */
  readonly example?: T;
}

/** What one setting adds to its kind. Doc is whole sentences, for the reference page, the editor and clusters/example.yaml. */
export type SettingOptions<T> = { readonly doc: string } & (
  | { readonly default: T; readonly example?: T }
  | { readonly required: true; readonly example: T }
  | { readonly optional: true; readonly example: T }
);
type PresenceOf<A> = A extends { readonly optional: true } ? 'optional' : 'always';

export type ValueOf<K> = K extends Kind<infer T> ? T : never;
// Settings of any type: Setting<unknown> would refuse a setting that has a default of a narrower type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as said above
export type Members = Readonly<Record<string, Setting<any>>>;

type OptionalKeys<M> = { [K in keyof M]: M[K] extends { presence: 'optional' } ? K : never }[keyof M];
type Flat<T> = { [K in keyof T]: T[K] };
/** The value of an object with these members. */
export type ObjectOf<M> = Flat<
  { [K in Exclude<keyof M, OptionalKeys<M>>]: ValueOf<M[K]> } & { [K in OptionalKeys<M>]?: ValueOf<M[K]> }
>;

export interface ObjectKind<M extends Members> extends Kind<ObjectOf<M>> {
  readonly members: M;
}

/** A named part of the settings. */
export interface Section<M extends Members, P extends Presence = Presence>
  extends Setting<ObjectOf<M>, P>, ObjectKind<M> {
  readonly form: 'json';
  /** Names of sections, separated by dots: `nodes.exclude`. */
  readonly path: string;
}

/** A setting of a kind. */
export function setting<T, A extends SettingOptions<T>>(kind: Kind<T>, about: A): Setting<T, PresenceOf<A>> {
  const { doc } = about;
  const own = 'default' in about ? { default: about.default } : {};
  return {
    form: kind.form,
    presence: ('optional' in about ? 'optional' : 'always') as PresenceOf<A>,
    required: 'required' in about,
    doc,
    ...own,
    ...(about.example === undefined ? {} : { example: about.example }),
    schema: { ...kind.schema, ...own, description: doc },
  };
}

/** An object with these settings and no other key. */
export function object<const M extends Members>(members: M): ObjectKind<M> {
  const required = Object.keys(members).filter((key) => members[key]?.required === true);
  return {
    form: 'json',
    members,
    schema: {
      type: 'object',
      additionalProperties: false,
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(Object.entries(members).map(([key, { schema }]) => [key, schema])),
    },
  };
}

/** A section that is always there: a file without it gets the defaults of its settings. */
export const section = <const M extends Members>(path: string, doc: string, members: M): Section<M, 'always'> =>
  sectionOf(path, doc, members, { presence: 'always', isDefault: true });

/** A section that is absent until a file has it. */
export const optionalSection = <const M extends Members>(
  path: string,
  doc: string,
  members: M,
): Section<M, 'optional'> => sectionOf(path, doc, members, { presence: 'optional', isDefault: false });

/** A section that every file must have. */
export const requiredSection = <const M extends Members>(path: string, doc: string, members: M): Section<M, 'always'> =>
  sectionOf(path, doc, members, { presence: 'always', isDefault: false });

function sectionOf<const M extends Members, P extends Presence>(
  path: string,
  doc: string,
  members: M,
  { presence, isDefault }: { readonly presence: P; readonly isDefault: boolean },
): Section<M, P> {
  const { schema } = object(members);
  return {
    form: 'json',
    path,
    doc,
    members,
    presence,
    required: presence === 'always' && !isDefault,
    // With the default {}, ajv fills an absent section from the defaults of its settings.
    schema: { ...schema, ...(isDefault ? { default: {} } : {}), description: doc },
  };
}

/** The section or setting at a path below `members`; undefined where there is none. */
export const isSection = (member: Setting<unknown>): member is Section<Members> => 'members' in member;

import type { ClusterSettings } from '../settings/cluster.ts';
import { conforms, shapeOf } from '../settings/conforms.ts';
import type { Kind, Members, ObjectOf, Section, Setting, ValueOf } from '../settings/kit.ts';
import type { SettingSchema } from '../settings/schema.ts';
import {
  count,
  httpUrl,
  json,
  list,
  oneOf,
  optional,
  seconds,
  text,
  yesNo,
  type ParamOptions,
  type Param,
} from './param.ts';
import type { Params, ValuesOf } from './step-contract.ts';

/** An input of a step whose value follows from the settings of the cluster. */
export interface SettingParam<T> extends Param<T> {
  readonly fromSettings: (settings: ClusterSettings) => T;
}

/** Names of the inputs in `I` whose values follow from the settings. */
export type SettingKeys<I> = {
  [K in keyof I]: I[K] extends { readonly fromSettings: unknown } ? K : never;
}[keyof I];

/** An input that takes what `read` finds in the settings. */
export const derived = <T>(param: Param<T>, read: (settings: ClusterSettings) => T): SettingParam<T> => ({
  ...param,
  fromSettings: read,
});

/** An input with one value in every cluster: a limit that no operator needs to change. */
export const constant = <T>(param: Param<T>, value: T): SettingParam<T> => derived(param, () => value);

type Optional<T, S> = S extends { readonly presence: 'optional' } ? T | undefined : T;
type Member<S extends Section<Members>, K extends keyof S['members']> = Optional<
  Optional<ValueOf<S['members'][K]>, S['members'][K]>,
  S
>;

/** The input that is one setting: parser, doc and example come from its declaration. */
export function input<S extends Section<Members>, K extends keyof S['members'] & string>(
  section: S,
  key: K,
): SettingParam<Member<S, K>> {
  const member = section.members[key] as Setting<Member<S, K>>;
  const param = paramOf(member);
  const mayBeAbsent = section.presence === 'optional' || member.presence === 'optional';
  return derived((mayBeAbsent ? optional(param) : param) as Param<Member<S, K>>, (settings) => {
    const values = valueAt(section.path, settings) as Readonly<Record<string, Member<S, K>>> | undefined;
    return values?.[key] as Member<S, K>;
  });
}

/** Inputs that are called as their settings. */
export const from = <S extends Section<Members>, const K extends keyof S['members'] & string>(
  section: S,
  ...keys: readonly K[]
): { readonly [Each in K]: SettingParam<Member<S, Each>> } =>
  Object.fromEntries(keys.map((key) => [key, input(section, key)])) as {
    readonly [Each in K]: SettingParam<Member<S, Each>>;
  };

/** The inputs that are all settings of a section but some, so that a new setting needs no line in a contract. */
export const allFrom = <S extends Section<Members>, const K extends keyof S['members'] & string>(
  section: S,
  { but }: { readonly but: readonly K[] },
): { readonly [Each in Exclude<keyof S['members'] & string, K>]: SettingParam<Member<S, Each>> } => {
  const left: readonly string[] = but;
  const keys = Object.keys(section.members).filter((key) => !left.includes(key));
  return from(section, ...(keys as Exclude<keyof S['members'] & string, K>[]));
};

/** The input that is a whole section, as JSON. */
export function sectionInput<S extends Section<Members>>(
  section: S,
  about: ParamOptions,
): SettingParam<Optional<ObjectOf<S['members']>, S>> {
  const param = jsonOf<ObjectOf<S['members']>>(section as Kind<ObjectOf<S['members']>>, about);
  return derived(
    (section.presence === 'optional' ? optional(param) : param) as Param<Optional<ObjectOf<S['members']>, S>>,
    (settings) => valueAt(section.path, settings) as Optional<ObjectOf<S['members']>, S>,
  );
}

const valueAt = (path: string, settings: ClusterSettings): unknown =>
  path
    .split('.')
    .reduce<unknown>((section, key) => (section as Readonly<Record<string, unknown>> | undefined)?.[key], settings);

/** A value of this kind as JSON, checked by the schema of the settings. */
export const jsonOf = <T>({ schema }: Kind<T>, about: ParamOptions): Param<T> =>
  json((value) => checked(schema, value) as T, about);

function checked(schema: SettingSchema, value: unknown): unknown {
  if (conforms(schema, value)) return value;
  throw new RangeError(shapeOf(schema));
}

/** How a setting reads and is written in an environment variable. */
export function paramOf<T>(setting: Setting<T>): Param<T> {
  const bare = bareParam(setting, { doc: setting.doc, example: '' }) as Param<T>;
  const shown = isEmpty(setting.default) ? setting.example : setting.default;
  return { ...bare, example: shown === undefined ? '' : bare.format(shown) };
}

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

function bareParam({ form, schema }: Setting<unknown>, about: ParamOptions): Param<never> {
  const param = {
    seconds: () => seconds(about),
    count: () => count(about),
    switch: () => yesNo(about),
    choice: () => oneOf(schema.enum ?? [], about),
    text: () => text(about),
    address: () => httpUrl(about),
    list: () => list(about),
    json: () => jsonOf({ form, schema }, about),
  }[form]();
  return param as unknown as Param<never>;
}

/** The values of those inputs that follow from the settings. */
export const valuesFromSettings = <I extends Params>(
  inputs: I,
  settings: ClusterSettings,
): Pick<ValuesOf<I>, SettingKeys<I> & keyof ValuesOf<I>> =>
  Object.fromEntries(
    Object.entries(inputs).flatMap(([name, param]) =>
      isFromSettings(param) ? [[name, param.fromSettings(settings)]] : [],
    ),
  ) as Pick<ValuesOf<I>, SettingKeys<I> & keyof ValuesOf<I>>;

const isFromSettings = (param: Param<unknown>): param is SettingParam<unknown> => 'fromSettings' in param;

import type { AddonSetting, RowSetting } from '../upgrade/gate/addons/merge.ts';
import { json, type About, type Param } from './param.ts';

/** What the cluster's settings say of addons. What versions and patterns mean is for the gate to say. */
export const addonSettings = (about: About): Param<readonly AddonSetting[]> => json(checkAddonSettings, about);

function checkAddonSettings(value: unknown): readonly AddonSetting[] {
  if (Array.isArray(value) && value.every(isAddonSetting)) return value;
  throw new RangeError('a list of {"name", "images", "versionPattern", "matrix", "pin", "required"}');
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTrueOrFalse: Check = (value) => typeof value === 'boolean';
const listOf =
  (member: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(member);

/** Fields with a ! must be there; no other may. */
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const has = value as Readonly<Record<string, unknown>>;
    const known = Object.entries(checks).map(([name, check]) => [name.replace('!', ''), check] as const);
    return (
      Object.keys(has).every((name) => known.some(([each]) => each === name)) &&
      Object.keys(checks).every((name) => !name.endsWith('!') || name.slice(0, -1) in has) &&
      known.every(([name, check]) => !(name in has) || check(has[name]))
    );
  };

const isRow = fields({ 'floor!': isText, minimumKubernetes: isText, 'maximumKubernetes!': isText }) as (
  value: unknown,
) => value is RowSetting;

const isAddonSetting = fields({
  'name!': isText,
  images: listOf(isText),
  versionPattern: isText,
  matrix: (value) => value === 'none-published' || listOf(isRow)(value),
  pin: fields({ 'reason!': isText }),
  required: isTrueOrFalse,
}) as (value: unknown) => value is AddonSetting;

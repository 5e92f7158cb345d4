import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { contradictions } from './contradictions.ts';
import type { SettingsDocument } from './document.ts';
import { isNetwork } from '../upgrade/node/ip-address.ts';
import { isCron } from './cron.ts';
import { formatPath, type SettingProblem, type SettingPath } from './problem.ts';
import type { ClusterSettings } from '../settings/cluster.ts';
import { clusterSchema } from './schema.ts';
import { unknownKey } from './unknown-key.ts';
import { isDate, isHttpAddress, isTimezone } from '../settings/formats.ts';
import type { SettingSchema } from '../settings/schema.ts';
import { expected, remedy, seen } from './expectations.ts';

type Settings = Omit<ClusterSettings, 'name'>;

let compiled: ValidateFunction<Settings> | undefined;

/** Compiles the schema on first use, because that takes a third of a second and many commands read no settings. */
const validator = (): ValidateFunction<Settings> =>
  (compiled ??= new Ajv({
    allErrors: true,
    verbose: true, // every error carries the schema that it comes from
    useDefaults: true,
    formats: { cron: isCron, timezone: isTimezone, cidr: isNetwork, date: isDate, 'http-address': isHttpAddress },
  }).compile<Settings>(clusterSchema));

/** The settings with every default filled in, and everything that is wrong with them. */
export function validateSettings(document: SettingsDocument): {
  settings: Settings;
  settingProblems: SettingProblem[];
} {
  const settings = document.data() as Settings;
  const validate = validator();
  validate(settings);
  const settingProblems = (validate.errors ?? []).flatMap((error) => problemsOf(error, document));
  return { settings, settingProblems: [...onePerSetting(settingProblems), ...contradicted(settings, settingProblems)] };
}

function problemsOf(error: ErrorObject, document: SettingsDocument): SettingProblem[] {
  const path = pathOf(error);
  const schema = error.parentSchema as SettingSchema;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = [...path, (error.params as { additionalProperty: string }).additionalProperty];
      return [{ path: key, says: unknownKey(clusterSchema, schema, key) }];
    }
    case 'required':
      return missing(schema, path, (error.params as { missingProperty: string }).missingProperty);
    case 'uniqueItems': {
      const item = [...path, Math.max((error.params as { i: number }).i, (error.params as { j: number }).j)];
      return [{ path: item, says: `saw ${seen(document.find(item)?.value)} a second time, expected once` }];
    }
    default: {
      const value = document.find(path)?.value;
      const key = path.findLast((part) => typeof part === 'string') ?? '';
      const says = `saw ${seen(value)}, expected ${expected(schema, key)}${remedy(schema, value, { key, setting: path.join('.') })}`;
      return [{ path, says }];
    }
  }
}

/** A missing section is reported by its required settings. */
function missing(section: SettingSchema, path: SettingPath, key: string): SettingProblem[] {
  const [schema, here] = [section.properties?.[key], [...path, key]];
  if (schema?.required) return schema.required.flatMap((inner) => missing(schema, here, inner));
  return [{ path: here, says: `missing, expected ${schema ? expected(schema, key) : 'a value'}` }];
}

/** Known keys and list positions only (unknown keys are never entered), so nothing in the pointer is escaped. */
function pathOf({ instancePath }: ErrorObject): SettingPath {
  const parts = instancePath.split('/').slice(1);
  return parts.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part));
}

/** A value that breaks its pattern and its length is wrong once. */
function onePerSetting(settingProblems: readonly SettingProblem[]): SettingProblem[] {
  return [...new Map(settingProblems.map((each) => [formatPath(each.path), each])).values()];
}

/** Looks only at settings that are right each alone, down to what is in them. */
function contradicted(settings: Settings, settingProblems: readonly SettingProblem[]): SettingProblem[] {
  const isWrong = (path: SettingPath): boolean =>
    settingProblems.some(({ path: wrong }) => wrong.slice(0, path.length).every((part, i) => part === path[i]));
  return contradictions.flatMap(({ reads, check }) => {
    const says = reads.some(isWrong) ? undefined : check(settings);
    return says === undefined ? [] : [{ path: reads[0], says }];
  });
}

import { nearest } from './nearest.ts';
import { formatPath, type SettingPath } from './problem.ts';
import type { SettingSchema } from '../settings/schema.ts';
import { UNIT } from './expectations.ts';

/** For each setting that an earlier release had: why it is refused, and what to do. */
const FORMER = new Map([
  [
    'preflight.freeMegabytes',
    'is now preflight.freeMiB, since it always counted MiB; rename the key and keep the value',
  ],
  [
    'notify.webhookUrl',
    'not a setting any more, since the address is a secret; put the address into the Secret as webhook_url, set notify.webhook: true, and set notify.webhookPort to its port',
  ],
]);

/** A key that its section does not know: what was meant, as far as one can tell. */
export function unknownKey(root: SettingSchema, section: SettingSchema, path: SettingPath): string {
  const [key, known] = [String(path.at(-1)), Object.keys(section.properties ?? {})];
  const former = FORMER.get(formatPath(path));
  if (former !== undefined) return former;
  if (key === '<<') return 'a merge key, which is not read, as aliases are not; write the values out';
  const near = nearest(key, known, { short: (name) => name.replace(UNIT, '') });
  if (near !== undefined) return `not a setting; did you mean ${near}?`;
  const elsewhere = settingsNamed(root, key).map(formatPath);
  if (elsewhere.length > 0) return `not a setting here; did you mean ${elsewhere.join(' or ')}?`;
  return `not a setting; ${path.length > 1 ? formatPath(path.slice(0, -1)) : 'a cluster'} has ${known.join(', ')}`;
}

function settingsNamed({ properties = {} }: SettingSchema, key: string): SettingPath[] {
  return Object.entries(properties).flatMap(([name, schema]) => [
    ...(name === key ? [[name]] : []),
    ...settingsNamed(schema, key).map((path) => [name, ...path]),
  ]);
}

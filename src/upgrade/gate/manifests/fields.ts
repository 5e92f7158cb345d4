/** A YAML mapping whose fields are not validated. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (canonical(value) ?? ''));

/** Returns JSON that does not depend on the order of fields; undefined for undefined. */
export const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** Returns every value below a field that is not a mapping, with its path such as `requests.cpu`. */
export const leavesOf = (value: unknown, path = ''): [string, unknown][] => {
  const fields = Object.entries(fieldsOf(value));
  if (fields.length === 0) return path === '' || value === undefined ? [] : [[path, value]];
  return fields.flatMap(([name, each]) => leavesOf(each, path === '' ? name : `${path}.${name}`));
};

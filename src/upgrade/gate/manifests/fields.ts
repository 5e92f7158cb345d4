/** A value of YAML that is not yet known to be anything. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : (canonical(value) ?? ''));

/** JSON in which the order of the fields does not matter; undefined for undefined. */
export const canonical = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** Every value below a field that is no set of fields, by its path such as `requests.cpu`. */
export const leavesOf = (value: unknown, path = ''): [string, unknown][] => {
  const fields = Object.entries(fieldsOf(value));
  if (fields.length === 0) return path === '' || value === undefined ? [] : [[path, value]];
  return fields.flatMap(([name, each]) => leavesOf(each, path === '' ? name : `${path}.${name}`));
};

const MOST_CHARACTERS = 200;

/**
 * Returns the beginning of a value from outside, for a message: a text as it is, everything else as JSON. JSON that nests
 * deeply is parsed without trouble, but cannot be written.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MOST_CHARACTERS);
  try {
    return value === undefined ? 'undefined' : JSON.stringify(value).slice(0, MOST_CHARACTERS);
  } catch {
    return 'a value that is nested too deeply';
  }
}

export const sortedUnique = (lines: readonly string[]): string[] => [...new Set(lines)].sort();

/** Returns a sorted list for a message, such as `a, b, c and 4 more`. */
export function nameList(names: readonly string[], most = 5): string {
  const sorted = sortedUnique(names);
  const more = sorted.length > most ? ` and ${sorted.length - most} more` : '';
  return sorted.slice(0, most).join(', ') + more;
}

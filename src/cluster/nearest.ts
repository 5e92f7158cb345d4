import { distance } from 'fastest-levenshtein';

interface NearestOptions {
  /** Another form of a known word that counts as well, such as a name without its unit. */
  readonly short?: (name: string) => string;
  readonly mostTypos?: number;
}

/**
 * The known word that was most likely meant, or undefined. Two typos are near enough, or one in three letters of a long
 * word, but never half of it.
 */
export function nearest(
  word: string,
  known: readonly string[],
  { short = (name) => name, mostTypos = Infinity }: NearestOptions = {},
): string | undefined {
  // Nothing of this length is a typo, and the distance needs time for each letter.
  if (word.length > LONGEST_WORD) return undefined;
  const ranked = known.map((name) => {
    const [whole, bare] = [name, short(name)].map((each) => distance(word.toLowerCase(), each.toLowerCase()));
    return { name, typos: Math.min(whole ?? Infinity, bare ?? Infinity) };
  });
  const isNear = ({ name, typos }: { name: string; typos: number }): boolean => {
    const length = Math.max(word.length, name.length);
    return typos <= Math.min(Math.max(2, length / 3), (length - 1) / 2, mostTypos);
  };
  return ranked.filter(isNear).sort((a, b) => a.typos - b.typos)[0]?.name;
}

const LONGEST_WORD = 100;

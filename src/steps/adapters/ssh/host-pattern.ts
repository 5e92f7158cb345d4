/** In characters: https://datatracker.ietf.org/doc/html/rfc1035#section-2.3.4, and `[…]:65535` around it. */
const LONGEST_NAME = 263;

/**
 * Whether a pattern of known_hosts fits a whole name. `*` is any text, `?` is one character.
 * https://man.openbsd.org/ssh_config.5#PATTERNS
 *
 * When a character does not fit, only the last `*` takes one more character: the time is at most the length of the pattern
 * times the length of the name. A name that is longer than any name of a host fits no pattern.
 */
export function matchesHostPattern(pattern: string, name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  let [at, place] = [0, 0];
  let star: { readonly at: number; place: number } | undefined;
  while (place < name.length) {
    if (pattern[at] === '*') star = { at: at++, place };
    else if (pattern[at] === '?' || pattern[at] === name[place]) [at, place] = [at + 1, place + 1];
    else if (star === undefined) return false;
    else [at, place] = [star.at + 1, ++star.place];
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

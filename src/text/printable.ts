/** Control characters but line feed and tab, and the characters that change the direction of text. */
const OBEYED = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu;

/** Text for a log or a terminal: U+FFFD replaces each character that a terminal would obey instead of show. */
export const printable = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(OBEYED, '\uFFFD');

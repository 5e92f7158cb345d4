/** Matches control characters except line feed and tab, and the characters that change the direction of text. */
const OBEYED = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu;

/** Returns text for a log or a terminal. U+FFFD replaces each character that a terminal would interpret. */
export const printable = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(OBEYED, '\uFFFD');

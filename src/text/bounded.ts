/** Returns the beginning of `text` in at most `mostBytes` bytes of UTF-8. It never cuts a character in two. */
export function boundedBytes(text: string, mostBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= mostBytes) return text;
  // With `stream`, the decoder holds back the bytes of an unfinished character.
  return new TextDecoder().decode(bytes.subarray(0, mostBytes), { stream: true });
}

/** Returns foreign text for a message: one line with at most `mostCharacters` UTF-16 code units, then an ellipsis. */
export function quoted(text: string, mostCharacters = 200): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters)}…`;
}

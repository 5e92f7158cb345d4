/** The beginning of a text in at most `mostBytes` bytes of UTF-8, without a character that is cut in two. */
export function boundedBytes(text: string, mostBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= mostBytes) return text;
  // `stream` holds the bytes of an unfinished character back.
  return new TextDecoder().decode(bytes.subarray(0, mostBytes), { stream: true });
}

/** Text from outside for a message: one line, at most `mostCharacters` UTF-16 code units and an ellipsis. */
export function quoted(text: string, mostCharacters = 200): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters)}…`;
}

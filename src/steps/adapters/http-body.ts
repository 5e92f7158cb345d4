/** Limit of an answer. The largest answer, the alerts of a large cluster, has a few MB. */
export const MOST_BYTES = 32 * 1024 * 1024;

/** The body of an HTTP answer. Throws what `tooLarge` makes when it is larger than {@link MOST_BYTES}; the rest is not read. */
export async function wholeBody(body: AsyncIterable<Uint8Array> | null, tooLarge: () => Error): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

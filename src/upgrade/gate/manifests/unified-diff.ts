/** The two texts that one section of a unified diff compares. */
interface ComparedTexts {
  readonly path: string;
  readonly is: string;
  readonly becomes: string;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Parses a unified diff whose context is the whole of each text, as `kubeadm upgrade diff --context-lines` prints it.
 * Returns undefined for any other diff: a part of a manifest must not count as the whole.
 */
export function comparedTexts(diff: string): readonly ComparedTexts[] | undefined {
  const lines = diff.split('\n');
  const found: ComparedTexts[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    // Skips what kubeadm prints before and between the sections.
    if (!lines[at]?.startsWith('--- ') || !lines[at + 1]?.startsWith('+++ ')) continue;
    const [, fromIs, isCount = '1', fromBecomes, becomesCount = '1'] = HUNK.exec(lines[at + 2] ?? '') ?? [];
    if (fromIs !== '1' || fromBecomes !== '1') return undefined;
    const counts = { is: Number(isCount), becomes: Number(becomesCount) };
    const section = sectionOf(lines, at + 3, counts);
    if (section === undefined || lines[section.end]?.startsWith('@@ ')) return undefined;
    found.push({ path: lines[at]?.slice('--- '.length).trim() ?? '', is: section.is, becomes: section.becomes });
    at = section.end - 1;
  }
  return found;
}

/** Reads the lines of one hunk by its own line count, so no line of a manifest can look like a header. */
function sectionOf(
  lines: readonly string[],
  start: number,
  counts: { readonly is: number; readonly becomes: number },
): { readonly is: string; readonly becomes: string; readonly end: number } | undefined {
  const is: string[] = [];
  const becomes: string[] = [];
  let at = start;
  for (; is.length < counts.is || becomes.length < counts.becomes; at += 1) {
    const line = lines[at];
    if (line === undefined) return undefined;
    const sign = line.charAt(0);
    // An editor or a log may have removed the space of an empty line.
    if (sign !== ' ' && sign !== '-' && sign !== '+' && line !== '') return undefined;
    if (sign !== '+') is.push(line.slice(1));
    if (sign !== '-') becomes.push(line.slice(1));
  }
  return { is: is.join('\n'), becomes: becomes.join('\n'), end: at };
}

const KEYWORDS = /^(and|or|unless|bool|offset|inf|nan)$/i;

/** The names of the series that a PromQL expression reads. Not a parser: promtool is one, and judges the same texts. */
export function seriesIn(expr: string): string[] {
  const bare = expr
    .replace(/"(\\.|[^"\\])*"/g, '""')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = [...bare.matchAll(/(?<!\w)[a-zA-Z_:][\w:]*(?=(\s*\()?)/g)];
  return [...new Set(words.filter(([word, call]) => call === undefined && !KEYWORDS.test(word)).map(([word]) => word))];
}

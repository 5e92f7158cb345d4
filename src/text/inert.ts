/**
 * Argo quotes a value with Go's strconv.Quote, then parses it as JSON.
 * A control character, or a character above U+FFFF that Go does not print, makes the whole template invalid.
 * The three ranges that stay hold emoji that Go prints since 1.21.
 * https://github.com/argoproj/argo-workflows/blob/v4.1.4/util/template/simple_template.go
 */
const BREAKS_TEMPLATES =
  /[^\P{Cc}\n\t]|[\u{10000}-\u{1F2FF}\u{1F650}-\u{1F67F}\u{1F6C6}-\u{1F8FF}\u{1FA00}-\u{10FFFF}]/gu;

/** Argo evaluates `{{…}}` in a value that it substituted. The kubelet expands `$(NAME)` in a variable. */
const EXPANDED = /\{(?=\{)|\}(?=\})|\$(?=\()/g;

/**
 * Returns text that no later reader expands. A space separates two braces, and U+FFFD replaces a character that breaks
 * a template. JSON stays JSON. Each prefix of an inert text is inert.
 */
export const inert = (text: string): string =>
  text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(BREAKS_TEMPLATES, '\uFFFD').replaceAll(EXPANDED, '$& ');

/**
 * Returns whether `text` is a reference that Argo did not resolve because it had no value. Inert text is never a
 * reference.
 */
export const isUnresolved = (text: string): boolean => /^\{\{[^{}]*\}\}$/.test(text);

/**
 * Argo quotes a value with Go's strconv.Quote, and expects JSON. A control character or a character above U+FFFF that Go
 * does not print makes the whole template invalid. The three ranges that stay hold emoji that every Go since 1.21 prints.
 * https://github.com/argoproj/argo-workflows/blob/v4.1.4/util/template/simple_template.go
 */
const BREAKS_TEMPLATES =
  /[^\P{Cc}\n\t]|[\u{10000}-\u{1F2FF}\u{1F650}-\u{1F67F}\u{1F6C6}-\u{1F8FF}\u{1FA00}-\u{10FFFF}]/gu;

/** Argo evaluates `{{…}}` in a value that it has put in place. The kubelet expands `$(NAME)` in a variable. */
const EXPANDED = /\{(?=\{)|\}(?=\})|\$(?=\()/g;

/**
 * Text that every later reader takes for text only. A space parts two braces, U+FFFD replaces a character that breaks a
 * template. JSON stays JSON, and the beginning of an inert text is inert.
 */
export const inert = (text: string): string =>
  text.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll(BREAKS_TEMPLATES, '\uFFFD').replaceAll(EXPANDED, '$& ');

/** A reference that Argo left as it is, since nothing was there to put in its place. Inert text is never one. */
export const isUnresolved = (text: string): boolean => /^\{\{[^{}]*\}\}$/.test(text);

import ts from 'typescript';

/** A regular expression in the source. */
export interface Regex {
  readonly line: number;
  /** `/a+/g`, or `new RegExp(…)` as it is written. */
  readonly text: string;
  /** Undefined where the program makes the expression while it runs. */
  readonly literal: { readonly source: string; readonly flags: string } | undefined;
  /** What limits its time: the sentence after `Bound:` in the comment above it or on its line. */
  readonly bound: string | undefined;
}

/** Finds literals, each use of `RegExp`, and texts that `match`, `matchAll` and `search` make expressions of. */
export function regexesIn(text: string): Regex[] {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const found: Regex[] = [];
  const add = (node: ts.Node, literal: Regex['literal']): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push({ line: line + 1, text: node.getText().replace(/\s+/g, ' '), literal, bound: boundAt(lines, line) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) add(node, literalOf(node.text));
    else if (isConstructor(node)) addMade(node.parent);
    else if (isSearchForText(node)) add(node, undefined);
    node.forEachChild(visit);
  };
  const addMade = (parent: ts.Node): void => {
    add(parent, ts.isNewExpression(parent) || ts.isCallExpression(parent) ? literalIn(parent) : undefined);
  };
  visit(file);
  return found;
}

function literalOf(text: string): Regex['literal'] {
  const end = text.lastIndexOf('/');
  return { source: text.slice(1, end), flags: text.slice(end + 1) };
}

function literalIn({ arguments: given }: ts.NewExpression | ts.CallExpression): Regex['literal'] {
  const [source, flags] = given ?? [];
  if (source === undefined || !ts.isStringLiteralLike(source)) return undefined;
  if (flags === undefined) return { source: source.text, flags: '' };
  return ts.isStringLiteralLike(flags) ? { source: source.text, flags: flags.text } : undefined;
}

/** The value `RegExp`, except in `instanceof RegExp`. */
const isConstructor = (node: ts.Node): boolean =>
  ts.isIdentifier(node) &&
  node.text === 'RegExp' &&
  !ts.isTypeReferenceNode(node.parent) &&
  !(ts.isBinaryExpression(node.parent) && node.parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);

const isSearchForText = (node: ts.Node): boolean =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  ['match', 'matchAll', 'search'].includes(node.expression.name.text) &&
  node.arguments[0] !== undefined &&
  (ts.isStringLiteralLike(node.arguments[0]) || ts.isTemplateExpression(node.arguments[0]));

function boundAt(lines: readonly string[], line: number): string | undefined {
  let first = line;
  while (/^\s*(?:\/\/|\/\*|\*)/.test(lines[first - 1] ?? '')) first--;
  const comment = lines.slice(first, line + 1).join(' ');
  return /(?:\/\/|\*) ?.*\bBound: (\S.*)/.exec(comment)?.[1];
}

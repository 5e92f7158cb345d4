// An ESLint rule: comments follow the style guide of the project (CONTRIBUTING.md, "How we write").

/** Each pattern is asked of one sentence of a comment. */
export const PATTERNS = [
  [/^(Of|The same|Whoever|Who|Whose|Whom|To whom|As above)\b/, 'begin the sentence with its subject'],
  [/\b(nobody|somebody|anybody|whoever|whom)\b/i, 'name the actor: a step, an operator, another controller'],
  [/\b(anew|whence|thereof)\b/i, 'use a plain word: again, from which, of it'],
  [/\b(next|this|last) night\b/i, 'write "the next scheduled run"'],
];

/** Words in a sentence; code in backquotes, links and `{@link}` count as one word each. */
export const MOST_WORDS = 25;

const ONE_WORD = /`[^`]*`|\{@link [^}]*\}|\([^)]*\)|https?:\/\/\S+/g;

/** @param {string} text The text of a comment without its delimiters. */
export function sentencesOf(text) {
  const paragraphs = text.replaceAll(/^[ \t]*\*[ \t]?/gm, '').split(/\n[ \t]*(?:\n|[-|] |\d+\. )/);
  return paragraphs.flatMap((paragraph) =>
    paragraph
      .replaceAll(/\s+/g, ' ')
      .split(/(?<=[.!?;:])\s+/)
      .map((sentence) => sentence.trim())
      .filter((sentence) => sentence !== ''),
  );
}

/** @param {string} text */
export function problemsOf(text) {
  return sentencesOf(text).flatMap((sentence) => {
    const words = sentence.replaceAll(ONE_WORD, 'x').split(' ').length;
    return [
      ...PATTERNS.flatMap(([pattern, advice]) => (pattern.test(sentence) ? [`${advice}: "${sentence}"`] : [])),
      ...(words > MOST_WORDS ? [`${words} words, at most ${MOST_WORDS}: "${sentence}"`] : []),
    ];
  });
}

/** @type {import('eslint').Rule.RuleModule} */
export const plainComments = {
  meta: { type: 'suggestion', schema: [], messages: { problem: '{{problem}}' } },
  create: ({ sourceCode, report }) => ({
    Program() {
      for (const comment of blocksOf(sourceCode.getAllComments(), sourceCode.lines))
        for (const problem of problemsOf(comment.text))
          report({ loc: comment.loc, messageId: 'problem', data: { problem } });
    },
  }),
};

/** Line comments on consecutive lines are one text, unless code stands before them. */
function blocksOf(comments, lines) {
  const alone = ({ start }) => lines[start.line - 1].slice(0, start.column).trim() === '';
  const blocks = [];
  for (const { type, value, loc } of comments) {
    const last = blocks.at(-1);
    if (type === 'Line' && last?.type === 'Line' && last.loc.end.line + 1 === loc.start.line && alone(loc)) {
      last.text += `\n${value}`;
      last.loc = { start: last.loc.start, end: loc.end };
    } else blocks.push({ type, text: value, loc });
  }
  return blocks;
}

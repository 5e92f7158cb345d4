import { expect } from 'chai';
import { Linter } from 'eslint';
import { plainComments } from '../../lint/plain-comments.js';

const linter = new Linter();
const problemsOf = (code: string): string[] =>
  linter
    .verify(code, { plugins: { house: { rules: { plain: plainComments } } }, rules: { 'house/plain': 'error' } })
    .map(({ line, message }) => `${line}: ${message}`);

describe('comments follow the style of the project', () => {
  const REFUSED: readonly [string, string][] = [
    ['/** Of a step. */', '1: begin the sentence with its subject: "Of a step."'],
    ['/** The same for workers. */', '1: begin the sentence with its subject: "The same for workers."'],
    ['x();\n// Reads it. Who holds it waits.', '2: begin the sentence with its subject: "Who holds it waits."'],
    [
      '/**\n * Returns it,\n * as nobody else\n * does.\n */',
      '1: name the actor: a step, an operator, another controller: "Returns it, as nobody else does."',
    ],
    ['// It begins\n// anew.', '1: use a plain word: again, from which, of it: "It begins anew."'],
    ['// Resumes the next night.', '1: write "the next scheduled run": "Resumes the next night."'],
    [`// ${'word '.repeat(26)}`, `1: 26 words, at most 25: "${'word '.repeat(26).trim()}"`],
  ];
  for (const [code, problem] of REFUSED)
    it(`${JSON.stringify(code.slice(0, 40))} is refused`, () => {
      expect(problemsOf(code)).to.deep.equal([problem]);
    });

  it('takes code, links and what stands in parentheses for one word each', () => {
    const words = 'word '.repeat(22);
    expect(problemsOf(`// ${words}\`kubectl get nodes -o wide\` https://a.b/c (one two three)`)).to.deep.equal([]);
  });

  it('counts each sentence, paragraph and list item by itself', () => {
    const words = 'word '.repeat(20).trim();
    expect(problemsOf(`/**\n * ${words}. ${words}:\n *\n * - ${words}\n * - ${words}\n */`)).to.deep.equal([]);
  });

  it('reads a comment after code by itself', () => {
    const words = 'word '.repeat(20).trim();
    expect(problemsOf(`const a = 1; // ${words}\nconst b = 2; // ${words}`)).to.deep.equal([]);
  });

  it('leaves the text of the program alone', () => {
    expect(problemsOf("const a = '/** Of a step. */';\nconst b = `// Who knows`;")).to.deep.equal([]);
  });
});

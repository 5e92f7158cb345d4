/** A command of a document, as a shell has to be given it, and the line on which it begins. */
export interface Command {
  readonly text: string;
  readonly line: number;
}

/** Every command of the shell blocks of a Markdown text, then those within sentences, in order. */
export const commandsIn = (markdown: string): Command[] => [
  ...shellBlocks(markdown).flatMap(commandsOf),
  ...sentences(markdown).flatMap(spansOf),
];

/** What a reader would type; other things in backticks are names. */
const PROGRAMS =
  'argo|kubectl|kubeadm|npm|git|systemctl|journalctl|etcdutl|etcdctl|crictl|apt-get|curl|ls|mv|cp|rm|tail|lab/[a-z-]+\\.sh';

const spansOf = ({ text, line }: Line): Command[] =>
  [...text.matchAll(new RegExp(`\`((?:${PROGRAMS}) [^\`]+)\``, 'g'))].map(([, span = '']) => ({
    text: withoutComment(span),
    line,
  }));

interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of each ```sh and ```bash block. */
const shellBlocks = (markdown: string): Line[][] => partsOf(markdown).blocks;

/** The lines that are in no block. */
const sentences = (markdown: string): Line[] => partsOf(markdown).sentences;

function partsOf(markdown: string): { readonly blocks: Line[][]; readonly sentences: Line[] } {
  const blocks: Line[][] = [];
  const sentences: Line[] = [];
  let inside: 'no' | 'shell' | 'other' = 'no';
  markdown.split('\n').forEach((text, index) => {
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence === null) {
      const lines = inside === 'no' ? sentences : inside === 'shell' ? blocks.at(-1) : undefined;
      lines?.push({ text, line: index + 1 });
    } else if (inside !== 'no') inside = 'no';
    else if (fence[1] === 'sh' || fence[1] === 'bash') {
      inside = 'shell';
      blocks.push([]);
    } else inside = 'other';
  });
  return { blocks, sentences };
}

/** What is continued on the next line, and a loop up to its `done`, is one command. */
function commandsOf(block: readonly Line[]): Command[] {
  const commands: Command[] = [];
  let open: { text: string; readonly line: number } | undefined;
  for (const { text, line } of block) {
    const said = withoutComment(text);
    if (said === '') continue;
    if (open === undefined) open = { text: said, line };
    else open.text = joined(open.text, said);
    if (isWhole(open.text)) {
      commands.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) commands.push(open);
  return commands;
}

const isWhole = (text: string): boolean =>
  !text.endsWith('\\') && (!/^(for|while|until) /.test(text) || /\bdone$/.test(text));

function joined(first: string, second: string): string {
  if (first.endsWith('\\')) return `${first.slice(0, -1).trimEnd()} ${second}`;
  return `${first}${/\bdo$/.test(first) ? '' : ';'} ${second}`;
}

/** Outside of quotes a run of blanks is one, and a comment is none of it. */
function withoutComment(line: string): string {
  let [text, quote] = ['', ''];
  for (const char of line) {
    if (quote === '' && char === '#' && /(^|\s)$/.test(text)) break;
    if (quote === '' && /\s/.test(char)) {
      if (!text.endsWith(' ')) text += ' ';
      continue;
    }
    if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = '';
    text += char;
  }
  return text.trim();
}

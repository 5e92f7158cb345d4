/** A command of a document, as a shell has to be given it, and the line on which it begins. */
export interface Command {
  readonly text: string;
  readonly line: number;
}

/** Every command of the shell blocks of a Markdown text, in order. */
export const commandsIn = (markdown: string): Command[] => shellBlocks(markdown).flatMap(commandsOf);

interface Line {
  readonly text: string;
  readonly line: number;
}

/** The lines of each ```sh and ```bash block. */
function shellBlocks(markdown: string): Line[][] {
  const blocks: Line[][] = [];
  let inside: 'no' | 'shell' | 'other' = 'no';
  markdown.split('\n').forEach((text, index) => {
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence === null) {
      if (inside === 'shell') blocks.at(-1)?.push({ text, line: index + 1 });
    } else if (inside !== 'no') inside = 'no';
    else if (fence[1] === 'sh' || fence[1] === 'bash') {
      inside = 'shell';
      blocks.push([]);
    } else inside = 'other';
  });
  return blocks;
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

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { commandsIn } from '../../lab/campaigns/operate/documented/blocks.ts';
import { BY_OPERATE, IN_ITS_PLACE } from '../../lab/campaigns/operate/documented/by-operate.ts';
import { BY_ROLLBACK } from '../../lab/campaigns/operate/documented/by-rollback.ts';
import { documentedCommands } from '../../lab/campaigns/operate/documented/documents.ts';
import { CAMPAIGNS, ELSEWHERE, IN_PARTS } from '../../lab/campaigns/operate/documented/elsewhere.ts';
import { filledIn } from '../../lab/campaigns/operate/documented/fill.ts';
import { MENTIONED, NOWHERE } from '../../lab/campaigns/operate/documented/nowhere.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const documented = documentedCommands(root);
const executed = [...BY_OPERATE, ...BY_ROLLBACK, ...Object.keys(ELSEWHERE), ...IN_PARTS, ...CAMPAIGNS];
const classified: readonly string[] = [...executed, ...Object.keys(NOWHERE), ...MENTIONED];

describe('the commands of the documents', () => {
  it('are each executed by something, or by nothing with a reason', () => {
    const forgotten = [...documented].filter(([command]) => !classified.includes(command));
    expect(
      forgotten.map(([command, places]) => `${places.join(', ')}: ${command}`),
      'add it to a table in lab/campaigns/operate/documented/, and to the campaign',
    ).to.deep.equal([]);
  });

  it('are each in one table only, and no table has one that no document says', () => {
    expect(classified.filter((command, index) => classified.indexOf(command) !== index)).to.deep.equal([]);
    expect(classified.filter((command) => !documented.has(command))).to.deep.equal([]);
  });

  it('are executed where a table says that something else does it', () => {
    for (const [command, { file, text }] of Object.entries(ELSEWHERE)) expect(read(file), command).to.include(text);
  });

  it('are executed part by part where they are several in one line', () => {
    const parts = IN_PARTS.flatMap((command) => command.split(' && '));
    expect(parts.filter((part) => !executed.includes(part))).to.deep.equal([]);
  });

  it('are campaigns that can be run where a table says so', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const command of CAMPAIGNS) {
      const script = command.replace('npm run ', '');
      expect(scripts[script]).to.equal(`tsx lab/campaigns/${script.replace('lab:', '')}.ts`);
    }
  });
});

describe('lab:operate', () => {
  it('gives the lab every command that its tables say it does', () => {
    const said = new Set(campaignFiles().flatMap((file) => literalsOf(file)));
    expect([...IN_ITS_PLACE, ...BY_ROLLBACK].filter((command) => !said.has(command))).to.deep.equal([]);
  });
});

/** Where it is typed, not where it is listed. */
const campaignFiles = (): string[] =>
  readdirSync(resolve(root, 'lab/campaigns/operate'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `lab/campaigns/operate/${name}`);

function literalsOf(file: string): string[] {
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
  return literals;
}

describe('the reading of commands', () => {
  const texts = (markdown: string): string[] => commandsIn(markdown).map(({ text }) => text);

  it('takes shell blocks only, wherever they are indented', () => {
    const markdown = 'ls\n```sh\na\n```\n```yaml\nb: 1\n```\n1. so\n\n   ```bash\n   c\n   ```\n```\nd\n```\n';
    expect(commandsIn(markdown)).to.deep.equal([
      { text: 'a', line: 3 },
      { text: 'c', line: 11 },
    ]);
  });

  it('takes what a sentence has typed as well, but no name and nothing of a block', () => {
    const markdown =
      'Type `kubectl get  nodes`, not `kubectl`.\n```yaml\n# `ls -l`\n```\nSee `src/a b`, or `lab/up.sh --x`.\n';
    expect(commandsIn(markdown)).to.deep.equal([
      { text: 'kubectl get nodes', line: 1 },
      { text: 'lab/up.sh --x', line: 5 },
    ]);
  });

  it('leaves out comments and runs of blanks, not those in quotes', () => {
    expect(
      texts("```sh\n# all\nargo  retry   <run>   # go on\nx '  # {a}'\ny#z \"it's # so\" # why\n```"),
    ).to.deep.equal(['argo retry <run>', "x '  # {a}'", 'y#z "it\'s # so"']);
  });

  it('makes one command of what is continued, and of a loop', () => {
    expect(texts('```sh\na \\\n  --b \\\n  --c\nfor i in 1 2; do\n  x $i\n  y\ndone\nz\n```')).to.deep.equal([
      'a --b --c',
      'for i in 1 2; do x $i; y; done',
      'z',
    ]);
  });

  it('keeps a loop of one line whole', () => {
    expect(texts('```sh\nwhile a; do b; done\nc\n```')).to.deep.equal(['while a; do b; done', 'c']);
  });
});

describe('a documented command', () => {
  it('is filled in wherever the place stands', () => {
    expect(filledIn('x <node> node/<node> worker-1', { '<node>': 'w1', 'worker-1': 'w2' })).to.equal('x w1 node/w1 w2');
  });

  it('keeps what only looks like a place', () => {
    expect(filledIn("x | grep -v '<none>'", {})).to.equal("x | grep -v '<none>'");
  });

  it('is not run with a place that nobody filled, nor with a value that has no place', () => {
    expect(() => filledIn('x <node> <ip of this node>', {})).to.throw(
      'x <node> <ip of this node>: nobody said what <node>, <ip of this node> is',
    );
    expect(() => filledIn('x', { '<node>': 'w1' })).to.throw('x: has no <node>');
  });
});

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse, type Command } from '../../src/command-line/command.ts';
import * as commands from '../../src/command-line/commands.ts';

const COMMAND = {
  run: 'npm run cook --',
  does: 'Cooks.',
  options: { dish: { value: 'name', doc: 'What to cook.' }, hot: { doc: 'Whether it is hot.' } },
  required: ['dish'],
} as const satisfies Command;

const USAGE = 'npm run cook -- --dish <name> [--hot]\nnpm run cook -- --help explains them.\n';
const refusal = (...args: string[]): string => {
  const parsed = parse(COMMAND, args);
  if (!('says' in parsed)) return expect.fail('it is accepted');
  expect(parsed.exitCode).to.equal(2);
  return parsed.says;
};

describe('the options of a command', () => {
  it('are read in each form', () => {
    expect(parse(COMMAND, ['--dish', 'soup', '--hot'])).to.deep.equal({ values: { dish: 'soup', hot: true } });
    expect(parse(COMMAND, ['--dish=--x'])).to.deep.equal({ values: { dish: '--x' } });
  });

  const WRONG: readonly [string, readonly string[], string][] = [
    ['an option that is a typo', ['--dsh', 'soup', '--dish', 'x'], '--dsh: not an option; did you mean --dish?\n'],
    ['an option that is like no other', ['--zebra', '--dish', 'x'], '--zebra: not an option\n'],
    ['a short option that is none', ['-z', '--dish', 'x'], '-z: not an option\n'],
    ['a name that every object has', ['--constructor', '--dish', 'x'], '--constructor: not an option\n'],
    ['no value', ['--dish'], '--dish: saw nothing, expected <name>\n'],
    ['an empty value', ['--dish', ''], '--dish: saw nothing, expected <name>\n'],
    ['the next option in the place of a value', ['--dish', '--hot'], '--dish: saw nothing, expected <name>\n'],
    ['a value that is too many', ['--hot=yes', '--dish', 'x'], '--hot: saw a value, expected none\n'],
    ['a word', ['soup', '--dish', 'x'], 'soup: saw a word, expected an option\n'],
    ['a required option that is missing', [], '--dish: saw nothing, expected <name>\n'],
    ['two mistakes', ['--hott'], '--hott: not an option; did you mean --hot?\n--dish: saw nothing, expected <name>\n'],
  ];
  for (const [what, args, says] of WRONG)
    it(`are refused with ${what}`, () => {
      expect(refusal(...args)).to.equal(`${says}${USAGE}`);
    });

  it('never show what may be a secret', () => {
    expect(refusal('--password=hunter2', '--dish', 'x')).to.not.include('hunter2');
    expect(refusal('ghp_0123456789abcdefsWordfish', '--dish', 'x')).to.not.include('sWordfish');
  });

  it('have a help that wins over every mistake, and a version', () => {
    for (const help of ['--help', '-h'])
      expect(parse(COMMAND, ['--zebra', help])).to.deep.equal({
        exitCode: 0,
        says: `npm run cook -- --dish <name> [--hot]

Cooks.

  --dish <name>
      What to cook.
  --hot
      Whether it is hot.
  --help
      Prints this text.
  --version
      Prints the version of argo-kubeadm-upgrade.

Exit codes: 0 done; 2 wrong options or settings; 70 a bug.
`,
      });
    expect(parse(COMMAND, ['--version']))
      .to.have.property('says')
      .that.matches(/^\d+\.\d+\.\d+\n$/);
  });

  for (const command of Object.values(commands).filter((each) => 'run' in each))
    it(`are explained by ${command.run} --help, which exits with 0`, () => {
      const parsed = parse(command as Command, ['--help']);
      expect(parsed).to.have.property('exitCode', 0);
      for (const name of Object.keys(command.options))
        expect(parsed).to.have.property('says').that.includes(`--${name}`);
    });
});

describe('every command of package.json', () => {
  const root = new URL('../../', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const own = Object.entries(scripts).filter(([, line]) => line.startsWith('node scripts/run.ts '));

  it('starts the entry of its own name, whose help has that name', () => {
    const described = Object.values(commands).flatMap((command) =>
      'run' in command ? [command.run.replace(/^npm run (-s )?/, '').replace(/ --$/, '')] : [],
    );
    expect(own.map(([name]) => name).sort()).to.deep.equal(described.sort());
    for (const [name, line] of own) expect(line).to.equal(`node scripts/run.ts ${name}`);
  });

  it('of the lab, in TypeScript, reads its options with the reader that has a help', () => {
    const files = Object.values(scripts).flatMap(
      (line) => /^tsx (lab\/campaigns\/[a-z0-9]+\.ts)$/.exec(line)?.[1] ?? [],
    );
    expect(files).to.include('lab/campaigns/nodes.ts');
    for (const file of files) expect(readFileSync(new URL(file, root), 'utf8'), file).to.match(/^await campaign\(/m);
  });
});

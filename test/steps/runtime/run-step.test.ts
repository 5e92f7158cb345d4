import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { text, type Param } from '../../../src/contract/param.ts';
import { STEPS } from '../../../src/steps/catalog.ts';
import { outputTexts } from '../../../src/steps/runtime/run-step.ts';

const DANGEROUS = /\{\{|\}\}|\$\(|[^\P{Cc}\n\t]|[\u{1FA00}-\u{10FFFF}]/u;

/** The parameter for a value of any type. A value that it cannot write becomes nothing. */
const anything = (param: unknown): Param<unknown> => ({
  ...(param as Param<unknown>),
  format: (value) => {
    try {
      const written: unknown = (param as Param<unknown>).format(value);
      return String(written);
    } catch (error) {
      expect(error).to.be.instanceOf(TypeError);
      return '';
    }
  },
});

const PROGRAM = new URL('run-step.program.ts', import.meta.url).pathname;

interface Ended {
  readonly exitCode: number | null;
  readonly log: string;
  readonly outputs: Record<string, string>;
  readonly said: string;
}

/** Runs the step as Argo does: variables in, files and an exit code out. `stop`: told to end once it is at work. */
async function run(how: string, env: Record<string, string> = {}, stop?: NodeJS.Signals): Promise<Ended> {
  const dir = mkdtempSync(join(tmpdir(), 'run-step-'));
  const [outputs, message] = [join(dir, 'outputs'), join(dir, 'message')];
  writeFileSync(message, '');
  const context = { RUN_NAME: 'night', RUN_UID: 'u', POD_NAME: 'p', NAMESPACE: 'n', ANNOTATION_PREFIX: 'x/' };
  const places = { PATH: process.env['PATH'] ?? '', OUTPUT_DIR: outputs, TERMINATION_LOG: message };
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...places, ...context, HOW: how, TARGET: 'v1.34.10', ...env },
  });
  let log = '';
  let told = false;
  const hear = (chunk: Buffer): void => {
    log += chunk.toString();
    if (stop === undefined || told || !log.includes('ending:')) return;
    told = child.kill(stop);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const files = readdirSync(dir).includes('outputs') ? readdirSync(outputs) : [];
  const written = Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(outputs, file), 'utf8')]));
  const said = readFileSync(message, 'utf8');
  rmSync(dir, { recursive: true });
  return { exitCode, log: log.replaceAll(/^\d\d:\d\d:\d\d {2}/gm, ''), outputs: written, said };
}

describe('a step as a program', () => {
  it('ends with 0 and writes its outputs, in the form of the contract', async () => {
    expect(await run('well')).to.deep.equal({
      exitCode: 0,
      log: 'ending: well\n',
      outputs: { echo: '1.34.10', who: 'night' },
      said: '',
    });
  });

  const ENDS: readonly [string, number, string][] = [
    ['bad input', 2, 'tiny: No such thing.'],
    ['try again', 75, 'tiny: The server is away.'],
    ['refuse', 77, 'tiny: Not on my watch.'],
  ];
  for (const [how, exitCode, message] of ENDS)
    it(`${how}: ends with ${exitCode}, says why in its log and to Argo, and writes no output`, async () => {
      const log = `ending: ${how}\n${message}\n`;
      expect(await run(how)).to.deep.equal({ exitCode, log, outputs: {}, said: message });
    });

  it('may have a remark although it ends well', async () => {
    const { exitCode, said } = await run('well', { RUN_NAME: 'noteworthy' });
    expect([exitCode, said]).to.deep.equal([0, 'tiny: done, but look at w1.']);
  });

  it('calls an error that nobody foresaw a bug of ours, with its stack', async () => {
    const { exitCode, log, outputs, said } = await run('bug');
    expect([exitCode, outputs]).to.deep.equal([70, {}]);
    expect(log).to.match(/^tiny: this is a bug in argo-kubeadm-upgrade: TypeError: x is not a function\n {4}at /m);
    expect(said).to.match(/^tiny: this is a bug/);
  });

  it('logs no character that a terminal obeys', async () => {
    const { log } = await run('refuse', { SAY: ' \u001b[2J\u009b1m' });
    expect(log).to.equal('ending: refuse\ntiny: Not on my watch. \uFFFD[2J\uFFFD1m\n');
  });

  it('calls anything else that is thrown a bug, too', async () => {
    const { exitCode, said } = await run('no error');
    expect([exitCode, said]).to.deep.equal([70, 'tiny: this is a bug in argo-kubeadm-upgrade: a text']);
  });

  it('writes its outputs and is refused all the same when its result is objected to', async () => {
    const { exitCode, outputs, said } = await run('object');
    expect([exitCode, outputs, said]).to.deep.equal([
      77,
      { echo: '1.34.10', who: 'night' },
      'tiny: Done, but not well.',
    ]);
  });

  it('writes all its outputs or none', async () => {
    const { exitCode, outputs } = await run('half an output');
    expect([exitCode, outputs]).to.deep.equal([70, {}]);
  });

  it('names every bad input at once, its own and those that every step has, and does nothing', async () => {
    const { exitCode, log, outputs } = await run('well', { RUN_UID: '', TARGET: 'latest' });
    const problems = [
      'tiny: RUN_UID: saw "", expected a text that is not empty',
      'TARGET: saw "latest", expected an exact version such as 1.34.9',
    ];
    expect([exitCode, log, outputs]).to.deep.equal([2, `${problems.join('\n')}\n`, {}]);
  });

  it('says what it says even where nobody has a place for it', async () => {
    const { exitCode, log } = await run('refuse', { TERMINATION_LOG: '/proc/version' });
    expect([exitCode, log]).to.deep.equal([77, 'ending: refuse\ntiny: Not on my watch.\n']);
  });

  describe('leaves no text that Argo evaluates', () => {
    const SAY = ' {{=1+41}} {{workflow.uid}} $(NODE) \u0007';
    const SAID = ' { {=1+41} } { {workflow.uid} } $ (NODE) �';
    const EXITS: readonly [string, Record<string, string>, string, NodeJS.Signals?][] = [
      ['bad input', {}, `tiny: No such thing.${SAID}`],
      ['try again', {}, `tiny: The server is away.${SAID}`],
      ['refuse', {}, `tiny: Not on my watch.${SAID}`],
      ['object', {}, `tiny: Done, but not well.${SAID}`],
      ['no error', {}, `tiny: this is a bug in argo-kubeadm-upgrade: a text${SAID}`],
      ['well', { RUN_NAME: 'noteworthy' }, `tiny: done, but look at w1.${SAID}`],
      ['wait and say', {}, `tiny: stopped before it finished. A unit goes on on w1.${SAID}`, 'SIGTERM'],
      [
        ...(['well', { TARGET: SAY }] as const),
        `tiny: TARGET: saw " { {=1+41} } { {workflow.uid} } $ (NODE) \\u0007", expected an exact version such as 1.34.9`,
      ],
    ];
    for (const [how, env, message, signal] of EXITS)
      it(`in its message: ${how} ${JSON.stringify(env)}`, async () => {
        expect((await run(how, { SAY, ...env }, signal)).said).to.equal(message);
      });

    it('in the stack of a bug', async () => {
      const { said } = await run('bug', { SAY });
      expect(said).to.contain(`x is not a function${SAID}\n    at `).and.not.to.match(DANGEROUS);
    });

    it('in an output', async () => {
      const { outputs } = await run('well', { SAY });
      expect(outputs).to.deep.equal({ echo: '1.34.10', who: `night${SAID}` });
    });

    it('where the message is cut to what the kubelet reads', async () => {
      const { said } = await run('refuse', { SAY: `é${'{'.repeat(5000)}` });
      expect(Buffer.from(said)).to.have.length(4096);
      expect(said).to.match(/^tiny: Not on my watch\.é(\{ )+$/);
    });

    it('in any output of any step', () => {
      const texts = [
        '{{',
        '}}',
        '{{=1+41}}',
        '{{workflow.uid}}',
        '{{{{a}}}}',
        '{\r{',
        '$(NODE)',
        '\u001b[2J',
        '\u{1FAE9}',
      ];
      const shapes = (text: string): readonly unknown[] => [text, [text], [{ name: text, role: 'worker' }]];
      const outputs = STEPS.flatMap(({ outputs }) => Object.entries(outputs));
      expect(outputs.length).to.be.greaterThan(25);
      const written = outputs.flatMap(([name, param]) =>
        texts.flatMap(shapes).flatMap((value) => outputTexts({ [name]: anything(param) }, { [name]: value })),
      );
      expect(written.filter(([, text]) => DANGEROUS.test(text))).to.deep.equal([]);
    });

    it('of more than one variable of a process can hold', () => {
      const longest = outputTexts({ a: text({ doc: 'd', example: 'e' }) }, { a: '\u0007'.repeat(200_000) });
      expect(Buffer.from(longest[0]?.[1] ?? '')).to.have.length(98_304);
    });
  });

  describe('told to end', () => {
    const TOLD =
      'The pod is stopping: the step begins no further change. A command that already runs on a node continues there.';

    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      it(`by ${signal}: ends with 143 within moments, and says so`, async () => {
        const { exitCode, log, outputs } = await run('wait for ever', {}, signal);
        expect([exitCode, log, outputs]).to.deep.equal([143, `ending: wait for ever\n${TOLD}\n`, {}]);
      });

    it('ends with 143, not as a bug, when what it waited for is cut off', async () => {
      const { exitCode, log } = await run('wait until told', {}, 'SIGTERM');
      expect([exitCode, log]).to.deep.equal([
        143,
        `ending: wait until told\n${TOLD}\ntiny: stopped before it finished.\n`,
      ]);
    });

    it('says what goes on elsewhere, in its log and to Argo, also when it does not come to its end', async () => {
      const message = 'tiny: stopped before it finished. A unit goes on on w1.';
      const { exitCode, log, said } = await run('wait and say', {}, 'SIGTERM');
      expect([exitCode, log, said]).to.deep.equal([143, `ending: wait and say\n${TOLD}\n${message}\n`, message]);
      expect((await run('wait for ever', {}, 'SIGTERM')).said).to.equal('tiny: stopped before it finished.');
    });

    it('ends with 0 and its outputs when its work was done all the same', async () => {
      const { exitCode, outputs, said } = await run('ends well when told', {}, 'SIGTERM');
      expect([exitCode, Object.keys(outputs), said]).to.deep.equal([0, ['echo', 'who'], '']);
    });
  });
});

import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { failSafe } from '../../../src/steps/runtime/fail-safe.ts';
import { badInput, refused, tryAgain, unexpected } from '../../../src/steps/runtime/step-error.ts';
import { failureOf } from '../../support/failure.ts';

describe('a step whose failure is an answer too', () => {
  let ending = new AbortController();
  let lines: string[] = [];
  beforeEach(() => {
    [ending, lines] = [new AbortController(), []];
  });
  const run = (work: () => Promise<string>): Promise<string> =>
    failSafe(work, (message) => `closed: ${message}`, { log: (line) => lines.push(line), signal: ending.signal });
  const failing = (error: Error) => (): Promise<string> => Promise.reject(error);

  it('answers what it found', async () => {
    expect(await run(async () => 'open')).to.equal('open');
  });

  for (const error of [tryAgain('away'), refused('may not'), unexpected('nonsense')])
    it(`answers what was in its way: ${error.message}`, async () => {
      expect(await run(failing(error))).to.equal(`closed: ${error.message}`);
      expect(lines).to.deep.equal([]);
    });

  it('answers with a bug of ours as well, and has the whole of it in the log', async () => {
    expect(await run(failing(new TypeError('x is not a function')))).to.equal('closed: x is not a function');
    expect(lines.join('\n')).to.match(/^TypeError: x is not a function\n +at /);
    expect(
      await run(() => {
        throw new Error('at once');
      }),
    ).to.equal('closed: at once');
  });

  it('fails with inputs that are wrong', async () => {
    expect(await failureOf(run(failing(badInput('TARGET: saw nothing'))))).to.deep.equal({
      exitCode: EXIT.BadInput,
      message: 'TARGET: saw nothing',
    });
  });

  it('has no answer when it was told to end, whatever it found or missed by then', async () => {
    for (const work of [async () => 'open', failing(tryAgain('stopped before it finished'))]) {
      ending = new AbortController();
      const ended = run(async () => {
        ending.abort();
        return work();
      });
      let answer = 'none';
      await ended.then(
        (given) => (answer = given),
        () => undefined,
      );
      expect(answer).to.equal('none');
    }
  });
});

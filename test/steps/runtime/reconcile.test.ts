import { expect } from 'chai';
import { act, done, refuse, wait, type Decision } from '../../../src/upgrade/decision.ts';
import { nothing, reconcileOnce, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { pollUntil } from '../../../src/steps/runtime/poll-until.ts';
import { permitted, readable, tryAgain } from '../../../src/steps/runtime/step-error.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { failureOf } from '../../support/failure.ts';

describe('see, think, do', () => {
  let clock: FakeClock;
  let said: string[];
  const log = (line: string): void => void said.push(line);
  beforeEach(() => {
    clock = new FakeClock();
    said = [];
  });

  it('waits through the clock, tells the thought how long it has been, and says a sentence once', async () => {
    const elapsed: number[] = [];
    const decide = (_: unknown, seconds: number): Decision => {
      elapsed.push(seconds);
      return seconds < 12 ? wait(5, 'Not yet.') : done('There.');
    };
    await reconcile({ observe: nothing, decide, act: nothing }, clock, log);
    expect([elapsed, clock.slept, said]).to.deep.equal([
      [0, 5, 10, 15],
      [5, 5, 5],
      ['Not yet.', 'There.'],
    ]);
  });

  it('says a sentence again when another came between', async () => {
    const thoughts = ['a', 'a', 'b', 'a'].map((because) => wait(1, because));
    const decide = (): Decision => thoughts.shift() ?? done('z');
    await reconcile({ observe: nothing, decide, act: nothing }, clock, log);
    expect(said).to.deep.equal(['a', 'b', 'a', 'z']);
  });

  it('looks again after every change, and answers with what was decided', async () => {
    let count = 0;
    const decide = (seen: number): Decision<'add', string> =>
      seen < 3
        ? { kind: 'act', action: 'add', because: `${seen} of 3.` }
        : { kind: 'done', value: `${seen} in all`, because: 'Enough.' };
    const loop = {
      observe: async () => count,
      decide,
      act: async () => {
        count++;
      },
    };
    expect(await reconcile(loop, clock, log)).to.equal('3 in all');
    expect(said).to.deep.equal(['0 of 3.', '1 of 3.', '2 of 3.', 'Enough.']);
    expect(clock.slept).to.deep.equal([]);
  });

  it('refuses with the sentence of the refusal, and changes nothing more', async () => {
    const acted: string[] = [];
    const loop = { observe: nothing, decide: () => refuse('No.'), act: async () => void acted.push('x') };
    expect(await failureOf(reconcile(loop, clock, log))).to.deep.equal({ exitCode: 77, message: 'No.' });
    expect(acted).to.deep.equal([]);
  });

  it('ends with what looking or doing throws: it never decides on half an answer', async () => {
    const away = (): Promise<void> => Promise.reject(tryAgain('The API server is away.'));
    const looks = { observe: away, decide: () => done(''), act: nothing };
    const acts = { observe: nothing, decide: (): Decision<number> => act(1, ''), act: away };
    for (const loop of [reconcile(looks, clock, log), reconcile(acts, clock, log), reconcileOnce(acts, log)])
      expect(await failureOf(loop)).to.deep.equal({ exitCode: 75, message: 'The API server is away.' });
  });

  describe('once', () => {
    const run = async (decision: Decision<string>): Promise<string[]> => {
      const acted: string[] = [];
      await reconcileOnce(
        { observe: nothing, decide: () => decision, act: async (what) => void acted.push(what) },
        log,
      );
      return acted;
    };

    it('does one thing, without a second look', async () => {
      expect(await run(act('it', 'Now.'))).to.deep.equal(['it']);
      expect(said).to.deep.equal(['Now.']);
    });

    it('does nothing when it is done', async () => {
      expect(await run(done('Done before.'))).to.deep.equal([]);
      expect(said).to.deep.equal(['Done before.']);
    });

    it('refuses', async () => {
      expect(await failureOf(run(refuse('No.')))).to.deep.equal({ exitCode: 77, message: 'No.' });
    });
  });
});

describe('settled', () => {
  const looking = (clock: FakeClock, goodAfterSeconds: number, patience: number): Promise<number> => {
    const began = clock.now();
    const look = async (): Promise<number> => (clock.now() - began) / 1000;
    return pollUntil(look, (seconds) => seconds >= goodAfterSeconds, patience, clock);
  };

  it('does not wait for what is settled already', async () => {
    const clock = new FakeClock();
    expect(await looking(clock, 0, 60)).to.equal(0);
    expect(clock.slept).to.deep.equal([]);
  });

  it('looks every 2 s until it is settled', async () => {
    const clock = new FakeClock();
    expect(await looking(clock, 5, 60)).to.equal(6);
    expect(clock.slept).to.deep.equal([2, 2, 2]);
  });

  it('answers with what it saw last when its patience is over', async () => {
    const clock = new FakeClock();
    expect(await looking(clock, Infinity, 7)).to.equal(8);
    expect(await looking(clock, Infinity, 0)).to.equal(0);
  });
});

describe('an answer that is none', () => {
  it('is a bug when it cannot be read, and says so', async () => {
    const read = async (): Promise<unknown> => readable({ unreadable: 'The API server lists no nodes.' });
    expect(await failureOf(read())).to.deep.equal({ exitCode: 70, message: 'The API server lists no nodes.' });
    expect(readable({ fine: 1 })).to.deep.equal({ fine: 1 });
  });

  it('is a refusal with every problem in a line of its own when there are problems', async () => {
    const read = async (): Promise<unknown> => permitted({ problems: ['One.', 'Two.'] });
    expect(await failureOf(read())).to.deep.equal({ exitCode: 77, message: 'One.\nTwo.' });
    expect(permitted({ fine: 1 })).to.deep.equal({ fine: 1 });
  });
});

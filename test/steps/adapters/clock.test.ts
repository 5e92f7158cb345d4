import { once } from 'node:events';
import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { systemClock } from '../../../src/steps/adapters/clock.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { failureOf } from '../ports/remote.suite.ts';

describe('the system clock', () => {
  it('wakes up by itself, not before its time', async () => {
    const clock = systemClock();
    const beganMs = clock.now();
    await clock.sleep(0.02);
    expect(clock.now() - beganMs).to.be.at.least(19);
  });

  it('ends by a TimeoutError what takes too long', async () => {
    const signal = systemClock().timeout(0.001);
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.reason).to.have.property('name', 'TimeoutError');
  });

  it('sleeps no longer than the step lives', async () => {
    const ending = new AbortController();
    const sleep = failureOf(systemClock(ending.signal).sleep(3600));
    ending.abort();
    const error = await sleep;
    expect(error.message).to.equal('stopped before it finished');
    expect(error.exitCode).to.equal(EXIT.TryAgain);
  });

  it('does not begin to sleep when the step has ended', async () => {
    expect(await failureOf(systemClock(AbortSignal.abort()).sleep(3600))).to.include({ exitCode: EXIT.TryAgain });
  });

  it('passes on why the step was ended, when that is a verdict', async () => {
    const verdict = refused('the window is over');
    expect(await failureOf(systemClock(AbortSignal.abort(verdict)).sleep(3600))).to.equal(verdict);
  });
});

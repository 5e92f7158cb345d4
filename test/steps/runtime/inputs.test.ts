import { expect } from 'chai';
import { kubeVersion, list, optional, seconds, text } from '../../../src/contract/param.ts';
import { readInputs } from '../../../src/steps/runtime/inputs.ts';
import { StepError } from '../../../src/steps/runtime/step-error.ts';
import { v } from '../../support/builders.ts';

const about = { doc: 'd', example: 'e' };
const PARAMS = {
  node: text(about),
  target: kubeVersion(about),
  graceSeconds: seconds(about),
  only: list(about),
  reason: optional(text(about)),
};

describe('the inputs of a step', () => {
  it('are read from environment variables, each by its own type', () => {
    const env = { NODE: 'w1', TARGET: '1.34.10', GRACE_SECONDS: '300', ONLY: 'w1,w2', REASON: 'why', PATH: '/bin' };
    expect(readInputs(PARAMS, env)).to.deep.equal({
      node: 'w1',
      target: v('1.34.10'),
      graceSeconds: 300,
      only: ['w1', 'w2'],
      reason: 'why',
    });
  });

  it('may be missing only where nothing is an answer', () => {
    const { only, reason } = readInputs(PARAMS, { NODE: 'w1', TARGET: '1.34.10', GRACE_SECONDS: '0' });
    expect([only, reason]).to.deep.equal([[], undefined]);
  });

  it('are complained of all at once: the variable, what was seen, what was expected', () => {
    const read = (): unknown => readInputs(PARAMS, { TARGET: '1.34', GRACE_SECONDS: '', REASON: 'why' });
    expect(read)
      .to.throw(StepError)
      .that.includes({
        exitCode: 2,
        message: [
          'NODE: saw nothing, expected a text that is not empty',
          'TARGET: saw "1.34", expected an exact version such as 1.34.9',
          'GRACE_SECONDS: saw "", expected a whole number of seconds',
        ].join('\n'),
      });
  });
});

import { expect } from 'chai';
import { untilWritten, WRITE_ATTEMPTS } from '../../../src/steps/guards/until-written.ts';
import { failureOf } from '../../support/failure.ts';

describe('a write that meets the write of another', () => {
  const answers = (...results: string[]) => {
    let asked = 0;
    const write = async (): Promise<string> => results[Math.min(asked++, results.length - 1)] ?? 'changed';
    return { write, asked: () => asked };
  };

  it('is tried again until it succeeds, and no longer', async () => {
    const { write, asked } = answers('changed', 'changed', 'written');
    expect(await untilWritten('Node w1', write)).to.equal('written');
    expect(asked()).to.equal(3);
  });

  it(`is given up after ${WRITE_ATTEMPTS} attempts, with what was changed`, async () => {
    const { write, asked } = answers('changed');
    expect(await failureOf(untilWritten('Node w1', write))).to.include({
      exitCode: 75,
      message: `Node w1 was changed by others ${WRITE_ATTEMPTS} times while we tried to write it.`,
    });
    expect(asked()).to.equal(WRITE_ATTEMPTS);
  });

  it('counts the last attempt', async () => {
    const { write } = answers(...Array.from({ length: WRITE_ATTEMPTS - 1 }, () => 'changed'), 'gone');
    expect(await untilWritten('Node w1', write)).to.equal('gone');
  });
});

import { expect } from 'chai';
import { untilWritten, WRITE_ATTEMPTS } from '../../../src/steps/guards/until-written.ts';

describe('a write that meets the write of another', () => {
  const answers = (...results: string[]) => {
    let asked = 0;
    const write = async (): Promise<string> => results[Math.min(asked++, results.length - 1)] ?? 'changed';
    return { write, asked: () => asked };
  };

  it('is tried again until it succeeds, and no longer', async () => {
    const { write, asked } = answers('changed', 'changed', 'written');
    expect(await untilWritten(write)).to.equal('written');
    expect(asked()).to.equal(3);
  });

  it(`is given up after ${WRITE_ATTEMPTS} attempts, with the last result`, async () => {
    const { write, asked } = answers('changed');
    expect(await untilWritten(write)).to.equal('changed');
    expect(asked()).to.equal(WRITE_ATTEMPTS);
  });

  it('counts the last attempt', async () => {
    const { write } = answers(...Array.from({ length: WRITE_ATTEMPTS - 1 }, () => 'changed'), 'gone');
    expect(await untilWritten(write)).to.equal('gone');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { batchesOf, inBatches } from '../../../src/upgrade/node/batches.ts';

const tasks = (...names: string[]) => names.map((name) => ({ name, role: 'worker' as const }));

describe('batches of workers', () => {
  it('keep the order of the workers; the last batch may be shorter', () => {
    expect(batchesOf(tasks('w1', 'w2', 'w3'), 2)).to.deep.equal([['w1', 'w2'], ['w3']]);
    expect(batchesOf([], 2)).to.deep.equal([]);
  });

  it('law: hold every worker once, at most as many as the batch size; all but the last one are full', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 100 }), (members, size) => {
        const batches = inBatches(members, size);
        expect(batches.flat()).to.deep.equal(members);
        for (const batch of batches.slice(0, -1)) expect(batch).to.have.length(size);
        for (const batch of batches.slice(-1)) expect(batch.length).to.be.within(1, size);
      }),
    );
  });
});

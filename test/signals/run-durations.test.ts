import { expect } from 'chai';
import fc from 'fast-check';
import { durationsOf, type RunTask } from '../../src/signals/run-durations.ts';

const task = (phase: string, seconds: number, node?: string): RunTask => ({ phase, seconds, node });
const total = (sums: ReadonlyMap<string, number>): number => [...sums.values()].reduce((sum, each) => sum + each, 0);

describe('how long a run took', () => {
  it('is told by phase, of all nodes together, and by node, without what was asked before the node began', () => {
    const { phases, nodes } = durationsOf([
      ...[task('detect', 9), task('admit', 1800, 'cp1'), task('drain', 20, 'cp1'), task('upgrade', 300, 'cp1')],
      ...[task('admit', 5, 'w1'), task('drain', 60, 'w1'), task('verify', 600, 'w1')],
    ]);
    expect([...phases]).to.deep.equal([
      ['admit', 1805],
      ['detect', 9],
      ['drain', 80],
      ['upgrade', 300],
      ['verify', 600],
    ]);
    expect([...nodes]).to.deep.equal([
      ['cp1', 320],
      ['w1', 660],
    ]);
  });

  it('says nothing of a node that was only asked whether it might begin', () => {
    expect([...durationsOf([task('admit', 5, 'w1')]).nodes]).to.deep.equal([]);
  });

  it('law: no second is lost and none is counted twice', () => {
    const anyTask = fc.record({
      phase: fc.constantFrom('detect', 'drain', 'upgrade'),
      node: fc.option(fc.constantFrom('w1', 'w2'), { nil: undefined }),
      seconds: fc.nat(10_000),
    });
    fc.assert(
      fc.property(fc.array(anyTask), (tasks) => {
        const { phases, nodes } = durationsOf(tasks);
        const sum = (some: readonly RunTask[]): number => some.reduce((all, { seconds }) => all + seconds, 0);
        expect(total(phases)).to.equal(sum(tasks));
        expect(total(nodes)).to.equal(sum(tasks.filter(({ node }) => node !== undefined)));
      }),
    );
  });
});

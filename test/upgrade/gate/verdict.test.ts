import { expect } from 'chai';
import type { Finding, FindingClass } from '../../../src/upgrade/gate/finding.ts';
import { gateError, verdictOf, type Verdict } from '../../../src/upgrade/gate/verdict.ts';

const finding = (kind: FindingClass): Finding => ({
  ...{ code: 'addon-ceiling', class: kind, check: 'addons', subject: kind, found: '', needed: '', remedy: '' },
});

describe('the verdict', () => {
  const TABLE: readonly [Verdict, readonly FindingClass[]][] = [
    ['clear', []],
    ['clear', ['warning']],
    ['blocked', ['actionable']],
    ['blocked', ['actionable', 'warning']],
    ['blocked', ['unknown']],
    ['held', ['waiting']],
    ['held', ['pinned', 'warning']],
    // Incident of 2026-06-28: while something can only wait, a block every night is noise.
    ['held', ['waiting', 'actionable']],
    ['held', ['actionable', 'pinned']],
    ['blocked', ['waiting', 'unknown']],
    ['blocked', ['pinned', 'waiting', 'actionable', 'unknown']],
  ];
  for (const [verdict, classes] of TABLE)
    it(`of ${classes.join(', ') || 'nothing'} is ${verdict}`, () => {
      expect(verdictOf(classes.map(finding))).to.equal(verdict);
      expect(verdictOf(classes.map(finding).reverse())).to.equal(verdict);
    });

  it('of an error of the gate is a block that held does not cover, with the error as its reason', () => {
    const error = gateError('connect ECONNREFUSED 10.0.0.1:9090');
    expect(verdictOf([error, finding('waiting')])).to.equal('blocked');
    expect(error.found).to.equal('an error: connect ECONNREFUSED 10.0.0.1:9090');
  });
});

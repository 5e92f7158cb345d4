import { expect } from 'chai';
import {
  matchesSelector,
  meets,
  type LabelSelector,
  type Requirement,
} from '../../../src/upgrade/kubernetes/label-selector.ts';

const requirement = (operator: Requirement['operator'], ...values: string[]): Requirement => ({
  key: 'tier',
  operator,
  values,
});

describe('a label selector', () => {
  const MEETS: readonly [Requirement, string | undefined, boolean][] = [
    [requirement('In', 'web', 'api'), 'api', true],
    [requirement('In', 'web'), 'db', false],
    [requirement('In', 'web'), undefined, false],
    [requirement('NotIn', 'web'), 'db', true],
    [requirement('NotIn', 'web'), 'web', false],
    [requirement('NotIn', 'web'), undefined, true],
    [requirement('Exists'), '', true],
    [requirement('Exists'), undefined, false],
    [requirement('DoesNotExist'), undefined, true],
    [requirement('DoesNotExist'), '', false],
    [requirement('Gt', '9'), '10', true],
    [requirement('Gt', '9'), '9', false],
    [requirement('Lt', '10'), '9', true],
    [requirement('Gt', '9'), 'many', false],
    [requirement('Lt', '9'), undefined, false],
    [requirement('Gt'), '10', false],
  ];
  for (const [{ operator, values }, value, expected] of MEETS)
    it(`${operator} ${values.join()} is ${expected ? '' : 'not '}met by ${value ?? 'no label'}`, () => {
      expect(meets(requirement(operator, ...values), value)).to.equal(expected);
    });

  const SELECTS: readonly [string, LabelSelector, boolean][] = [
    ['that says nothing takes everything', { labels: {}, expressions: [] }, true],
    ['takes what has all its labels', { labels: { app: 'web', tier: 'front' }, expressions: [] }, true],
    ['leaves out what lacks one of its labels', { labels: { app: 'web', zone: 'a' }, expressions: [] }, false],
    [
      'wants labels and expressions to hold',
      { labels: { app: 'web' }, expressions: [requirement('In', 'back')] },
      false,
    ],
    ['takes what meets both', { labels: { app: 'web' }, expressions: [requirement('NotIn', 'back')] }, true],
  ];
  for (const [promise, selector, expected] of SELECTS)
    it(promise, () => {
      expect(matchesSelector(selector, { app: 'web', tier: 'front' })).to.equal(expected);
    });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  accepts,
  isTolerated,
  minus,
  plus,
  insufficientResources,
  unplacedPods,
  type NodeRoom,
  type NodeTerm,
  type PodNeeds,
  type Toleration,
} from '../../../src/upgrade/drain/room.ts';

const NODE: NodeRoom = {
  name: 'w1',
  labels: { zone: 'a', cores: '8' },
  taints: [],
  allocatable: { cpu: 4, memory: 100, pods: 10 },
  takesPods: true,
};
const NEEDS: PodNeeds = { requests: { cpu: 1, pods: 1 }, nodeSelector: {}, nodeTerms: [], tolerations: [] };
const tolerate = (about: Partial<Toleration>): Toleration => ({
  ...{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' },
  ...about,
});
const term = (key: string, ...values: string[]): NodeTerm => ({
  expressions: [{ key, operator: 'In', values }],
  fields: [],
});
const named = (name: string): NodeTerm => ({
  expressions: [],
  fields: [{ key: 'metadata.name', operator: 'In', values: [name] }],
});

describe('the room on a node', () => {
  const TOLERATED: readonly [string, Partial<Toleration>, boolean][] = [
    ['by key, value and effect', {}, true],
    ['not by another value', { value: 'web' }, false],
    ['by whoever only asks for the key', { operator: 'Exists', value: '' }, true],
    ['by whoever asks for nothing at all', { key: undefined, operator: 'Exists', effect: undefined }, true],
    ['for every effect by whoever names none', { effect: undefined }, true],
    ['not for another effect', { effect: 'NoExecute' }, false],
    ['not by another key', { key: 'gpu' }, false],
  ];
  for (const [promise, about, expected] of TOLERATED)
    it(`a taint is tolerated ${promise}`, () => {
      const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
      expect(isTolerated(taint, [tolerate(about)])).to.equal(expected);
    });

  it('a taint that only prefers keeps nobody away', () => {
    expect(isTolerated({ key: 'x', value: '', effect: 'PreferNoSchedule' }, [])).to.equal(true);
  });

  const ACCEPTED: readonly [string, Partial<NodeRoom>, Partial<PodNeeds>, readonly NodeTerm[][], boolean][] = [
    ['a pod that asks for nothing special', {}, {}, [], true],
    [
      'not one that does not tolerate its taint',
      { taints: [{ key: 'a', value: '', effect: 'NoExecute' }] },
      {},
      [],
      false,
    ],
    ['one whose selector it meets', {}, { nodeSelector: { zone: 'a' } }, [], true],
    ['not one whose selector it does not meet', {}, { nodeSelector: { zone: 'b' } }, [], false],
    ['one of whose terms one holds', {}, { nodeTerms: [term('zone', 'b'), term('zone', 'a')] }, [], true],
    ['not one of whose terms none holds', {}, { nodeTerms: [term('zone', 'b')] }, [], false],
    ['not one whose term says nothing', {}, { nodeTerms: [{ expressions: [], fields: [] }] }, [], false],
    ['one that asks for it by name', {}, { nodeTerms: [named('w1')] }, [], true],
    ['not one that asks for another by name', {}, { nodeTerms: [named('w2')] }, [], false],
    ['not one whose volume is elsewhere', {}, {}, [[named('w1')], [named('w2')]], false],
    ['one that asks for more than there is: that is another question', {}, { requests: { cpu: 99 } }, [], true],
    ['not one that asks for a kind of resource that it has not', {}, { requests: { 'example.org/gpu': 1 } }, [], false],
    ['one that asks for none of it', {}, { requests: { 'example.org/gpu': 0 } }, [], true],
  ];
  for (const [promise, node, needs, volumes, expected] of ACCEPTED)
    it(`a node accepts ${promise}`, () => {
      expect(accepts({ ...NODE, ...node }, { ...NEEDS, ...needs }, volumes)).to.equal(expected);
    });

  it('is what is left of each resource', () => {
    expect(minus({ cpu: 4, memory: 8 }, plus({ cpu: 1 }, { cpu: 2, pods: 1 }))).to.deep.equal({
      cpu: 1,
      memory: 8,
      pods: -1,
    });
    expect(insufficientResources({ cpu: 1, memory: 8 }, { memory: 8, pods: 1, cpu: 2 })).to.deep.equal(['cpu', 'pods']);
  });

  it('takes the largest first, so that small pods do not take the only place of a large one', () => {
    const free = new Map([
      ['w2', { cpu: 4 }],
      ['w3', { cpu: 1 }],
    ]);
    const mover = (name: string, cpu: number, ...to: string[]) => ({ name, requests: { cpu }, to });
    const movers = [mover('small', 1, 'w2', 'w3'), mover('large', 4, 'w2'), mover('pinned', 0, 'w9')];
    expect(unplacedPods(movers, free)).to.deep.equal(['pinned']);
    expect(unplacedPods([...movers, mover('more', 1, 'w2', 'w3')], free)).to.deep.equal(['pinned', 'small']);
  });

  it('law: the order of pods and nodes does not matter, and nobody is placed where there is no room', () => {
    const anyMovers = fc.uniqueArray(
      fc.record({
        name: fc.string(),
        requests: fc.record({ cpu: fc.nat(4), memory: fc.nat(4) }),
        to: fc.subarray(['a', 'b', 'c']),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    const anyFree = fc
      .tuple(fc.nat(6), fc.nat(6), fc.nat(6))
      .map(([a, b, c]) => [
        ['a', { cpu: a, memory: c }] as const,
        ['b', { cpu: b, memory: a }] as const,
        ['c', { cpu: c, memory: b }] as const,
      ]);
    fc.assert(
      fc.property(anyMovers, anyFree, (movers, free) => {
        const left = unplacedPods(movers, new Map(free));
        expect(unplacedPods(movers.toReversed(), new Map(free.toReversed()))).to.deep.equal(left);
        const placed = movers.filter(({ name }) => !left.includes(name)).map(({ requests }) => requests);
        const all = free.map(([, room]) => room).reduce(plus, {});
        expect(insufficientResources(all, placed.reduce(plus, {}))).to.deep.equal([]);
      }),
    );
  });
});

import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { list, StandIn } from './stand-in.ts';

const fine = ['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => ({ type, status: 'False' }));
const ready = (lastTransitionTime?: string): object => ({ type: 'Ready', status: 'True', lastTransitionTime });
const node = (name: string, ...conditions: object[]): object => ({ metadata: { name }, status: { conditions } });

describe('the conditions of nodes', () => {
  const api = new StandIn();

  it('are told by name', async () => {
    api.server.answers.push(ok(list([node('w1', ...fine, ready('2026-11-23T22:59:59Z'))])));
    expect(await api.kubernetes.nodeHealth.conditions()).to.deep.equal({
      known: true,
      value: new Map([
        ['w1', { pressures: [], readySinceMs: { known: true, value: Date.UTC(2026, 10, 23, 22, 59, 59) } }],
      ]),
    });
  });

  it('count as pressure when they are true, unknown or missing', async () => {
    const pressed = { type: 'MemoryPressure', status: 'True' };
    const unknown = { type: 'DiskPressure', status: 'Unknown' };
    api.server.answers.push(ok(list([node('w1', pressed, unknown, ready('2026-11-23T22:59:59Z'))])));
    const seen = await api.kubernetes.nodeHealth.conditions();
    expect(seen.known && seen.value.get('w1')?.pressures).to.deep.equal([
      ...['MemoryPressure', 'DiskPressure', 'PIDPressure'],
    ]);
  });

  // 2026-06-17
  for (const [time, reason] of [
    ['yesterday', 'the lastTransitionTime of its condition Ready is no time'],
    [undefined, 'its condition Ready has no lastTransitionTime'],
  ] as const)
    it(`are not quiet when they changed at ${time ?? 'no time at all'}`, async () => {
      api.server.answers.push(ok(list([node('w1', ...fine, ready(time))])));
      const seen = await api.kubernetes.nodeHealth.conditions();
      expect(seen.known && seen.value.get('w1')?.readySinceMs).to.deep.equal({ known: false, reason });
    });

  it('are unknown, and the verb is named, when they may not be read', async () => {
    api.server.answers.push(...Array.from({ length: 30 }, () => failure(403, 'nodes is forbidden')));
    expect(await api.kubernetes.nodeHealth.conditions()).to.deep.equal({
      known: false,
      reason:
        'may not list nodes: HTTP 403: nodes is forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    });
  });
});

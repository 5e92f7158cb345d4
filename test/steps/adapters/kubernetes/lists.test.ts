import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { list, node, StandIn } from './stand-in.ts';

describe('kubernetes: lists', () => {
  const api = new StandIn();

  it('are read to the last page', async () => {
    api.server.answers.push(ok(list([node('b')], 'page 2')), ok(list([node('a')])), ok(list([])));
    expect((await api.kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['a', 'b']);
    expect(api.server.requests.map(({ query }) => query.get('continue'))).to.deep.equal([null, 'page 2', null]);
  });

  it('are read again from the start when a page has expired', async () => {
    const expired = failure(410, 'The provided continue parameter is too old', 'Expired');
    api.server.answers.push(ok(list([node('a')], 'page 2')), expired, ok(list([node('b')])), ok(list([])));
    expect((await api.kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['b']);
  });

  it('that expire again and again are given up', async () => {
    api.server.answers.push(...Array.from({ length: 5 }, () => failure(410, 'too old', 'Expired')));
    const error = await failureOf(api.kubernetes.cluster.nodes());
    expect(error.message).to.equal('could not list nodes: HTTP 410: too old');
    expect(api.server.requests).to.have.length(5);
  });
});

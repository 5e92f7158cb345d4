import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { connectApi, type Api } from '../../../../src/steps/adapters/kubernetes/api.ts';
import {
  DEPLOYMENTS,
  LEASES,
  NODES,
  pathOf,
  PODS,
  timeMs,
  titleOf,
} from '../../../../src/steps/adapters/kubernetes/resources.ts';
import { HttpError, requestObject, requestText, send } from '../../../../src/steps/adapters/kubernetes/rest.ts';
import {
  describe as described,
  httpMessage,
  httpStatus,
  retryAfterSeconds,
} from '../../../../src/steps/runtime/retry.ts';
import { configFor, failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { list, node, StandIn } from './stand-in.ts';

const LIMITS = { timeoutSeconds: 5 };
const GET = { method: 'GET', path: '/api/v1/nodes' } as const;

/** What a promise rejects with, whatever its class. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it was expected to fail');
    },
    (error: unknown) => error,
  );

describe('kubernetes: paths', () => {
  it('lead to a list, an object and a subresource, in the cluster or in a namespace', () => {
    expect(pathOf(NODES, {})).to.equal('/api/v1/nodes');
    expect(pathOf(NODES, { name: 'w1' })).to.equal('/api/v1/nodes/w1');
    expect(pathOf(PODS, { namespace: 'shop' })).to.equal('/api/v1/namespaces/shop/pods');
    expect(pathOf(PODS, { namespace: 'shop', name: 'web', subresource: 'eviction' })).to.equal(
      '/api/v1/namespaces/shop/pods/web/eviction',
    );
    expect(
      pathOf({ group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows' }, { namespace: 'a', name: 'b' }),
    ).to.equal('/apis/argoproj.io/v1alpha1/namespaces/a/workflows/b');
  });

  it('hold a hostile name as one segment', () => {
    expect(pathOf(PODS, { namespace: 'a/b', name: '../../secrets?x=1#y%2f' })).to.equal(
      '/api/v1/namespaces/a%2Fb/pods/..%2F..%2Fsecrets%3Fx%3D1%23y%252f',
    );
  });

  for (const name of ['', '.', '..'])
    it(`are refused for the name "${name}", which would lead elsewhere`, () => {
      expect(() => pathOf(PODS, { namespace: 'shop', name })).to.throw(`saw "${name}", expected the name of an object`);
      expect(() => pathOf(PODS, { namespace: name, name: 'web' })).to.throw('expected the name of an object');
    });

  it('have a title for messages', () => {
    expect(titleOf(NODES, { name: 'w1' }, 'own')).to.equal('node w1');
    expect(titleOf(LEASES, { namespace: 'own', name: 'run' }, 'own')).to.equal('lease run');
    expect(titleOf(DEPLOYMENTS, {}, 'own')).to.equal('deployments.apps');
    expect(titleOf(PODS, { namespace: 'own' }, 'own')).to.equal('pods in own');
    expect(titleOf(DEPLOYMENTS, { namespace: 'a', name: 'b', subresource: 'scale' }, 'own')).to.equal(
      'deployments/scale of a/b',
    );
  });

  it('and times come as text', () => {
    expect(timeMs('2026-01-01T00:00:00.000000Z')).to.equal(Date.UTC(2026, 0, 1));
    expect([undefined, null, '', 'soon'].map(timeMs)).to.deep.equal([undefined, undefined, undefined, undefined]);
  });
});

describe('kubernetes: one request', () => {
  const standIn = new StandIn();

  it('has the query that was asked for, encoded, without what is undefined', async () => {
    standIn.server.answers.push(ok({}));
    const query = { labelSelector: 'a=b&limit=1,c in (d)', limit: 7, continue: undefined };
    await requestObject(standIn.server.config, { ...GET, query }, LIMITS);
    expect([...standIn.last().query]).to.deep.equal([
      ['labelSelector', 'a=b&limit=1,c in (d)'],
      ['limit', '7'],
    ]);
  });

  it('is a merge patch as PATCH, and JSON otherwise', async () => {
    const body = { metadata: { annotations: { a: null } } };
    const contentTypes = [];
    for (const method of ['PATCH', 'POST', 'PUT', 'DELETE'] as const) {
      standIn.server.answers.push(ok({}));
      await requestObject(standIn.server.config, { method, path: '/api/v1/nodes/w1', body }, LIMITS);
      expect(standIn.last()).to.deep.include({ method, body });
      contentTypes.push(standIn.last().contentType);
    }
    const json = 'application/json';
    expect(contentTypes).to.deep.equal(['application/merge-patch+json', json, json, json]);
  });

  it('without a body says nothing of its type', async () => {
    standIn.server.answers.push(ok({}));
    await requestObject(standIn.server.config, GET, LIMITS);
    expect(standIn.last()).to.deep.include({ contentType: undefined, body: undefined });
  });

  it('fails with the status, the Status and the Retry-After of the API server', async () => {
    const busy = failure(429, 'too many requests', 'TooManyRequests');
    standIn.server.answers.push(busy === 'cut' ? busy : { ...busy, headers: { 'Retry-After': '7' } });
    const error = await rejection(requestObject(standIn.server.config, GET, LIMITS));
    expect(error).to.be.instanceOf(HttpError);
    expect(httpStatus(error)).to.equal(429);
    expect(httpMessage(error)).to.equal('too many requests');
    expect(retryAfterSeconds(error)).to.equal(7);
    expect(described(error)).to.equal('HTTP 429: too many requests');
  });

  it('returns every answer to whoever asks for its status', async () => {
    standIn.server.answers.push({ status: 500, body: '[-]etcd failed' });
    const answer = await send(standIn.server.config, { method: 'GET', path: '/readyz' }, LIMITS);
    expect(answer).to.include({ status: 500, text: '[-]etcd failed' });
  });

  it('returns text as it is', async () => {
    standIn.server.answers.push({ status: 200, body: '{"a":1}\nlast line\n' });
    expect(await requestText(standIn.server.config, GET, LIMITS)).to.equal('{"a":1}\nlast line\n');
  });

  for (const [what, body] of Object.entries({
    'the page of a proxy': '<html>\n<title>Sign in</title> connection refused',
    nothing: '',
    'a list': '[]',
    'a number': '1',
    null: 'null',
    'half an object': '{"items": [',
  }))
    it(`fails by name for ${what} with status 200`, async () => {
      standIn.server.answers.push({ status: 200, body });
      const error = await failureOf(requestObject(standIn.server.config, GET, LIMITS));
      expect(error.exitCode).to.equal(EXIT.Bug);
      expect(error.message).to.match(
        /^GET \/api\/v1\/nodes was answered with ".*", expected a JSON object of the Kubernetes API; see whether a proxy/,
      );
    });

  it('says which kubeconfig has no cluster', async () => {
    const config = configFor(1);
    config.setCurrentContext('other');
    expect((await failureOf(send(config, GET, LIMITS))).message).to.equal(
      'the kubeconfig names no current cluster; set current-context in it',
    );
  });
});

describe('kubernetes: a server that hangs', () => {
  let server: Server;
  const config = () => configFor((server.address() as AddressInfo).port);
  /** Whether the server begins an answer, and never ends it. */
  let begins: boolean;

  beforeEach(async () => {
    server = createServer((_, response) => {
      if (begins) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const half of [false, true]) {
    const title = half ? 'in the middle of its answer' : 'before its answer';

    it(`${title} is given up when the time is over`, async () => {
      begins = half;
      const error = await rejection(requestObject(config(), GET, { timeoutSeconds: 0.05 }));
      expect(error).to.have.property('name', 'TimeoutError');
    });

    it(`${title} is left when the step ends`, async () => {
      begins = half;
      const ending = new AbortController();
      setTimeout(() => {
        ending.abort();
      }, 50);
      const error = await rejection(requestObject(config(), GET, { timeoutSeconds: 5, signal: ending.signal }));
      expect(error).to.have.property('name', 'AbortError');
    });
  }
});

describe('kubernetes: objects', () => {
  const standIn = new StandIn();
  const connect = (): Api => {
    const { clock, server } = standIn;
    return connectApi(server.config, { namespace: 'own', clock, log: (line) => standIn.lines.push(line) });
  };

  it('are read, or are missing', async () => {
    standIn.server.answers.push(ok(node('w1')), failure(404, 'nodes "w2" not found', 'NotFound'));
    expect(await connect().get(NODES, { name: 'w1' })).to.have.nested.property('metadata.name', 'w1');
    expect(await connect().find(NODES, { name: 'w2' })).to.equal(undefined);
    expect(standIn.server.requests.map(({ path }) => path)).to.deep.equal(['/api/v1/nodes/w1', '/api/v1/nodes/w2']);
  });

  it('are created, replaced and patched', async () => {
    standIn.server.answers.push(ok({}), ok({}), ok({}));
    const place = { namespace: 'own', name: 'run' };
    await connect().create(LEASES, { namespace: 'own' }, {});
    await connect().replace(LEASES, place, {});
    await connect().patch(LEASES, place, {});
    const leases = '/apis/coordination.k8s.io/v1/namespaces/own/leases';
    expect(standIn.server.requests.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      `POST ${leases}`,
      `PUT ${leases}/run`,
      `PATCH ${leases}/run`,
    ]);
  });

  it('of a name that would lead elsewhere are not asked for', async () => {
    const error = await failureOf(connect().get(PODS, { namespace: 'shop', name: '..' }));
    expect(error.message).to.equal('saw "..", expected the name of an object');
    expect((await failureOf(connect().list(PODS, { namespace: '' }))).message).to.include('expected the name');
    expect(standIn.server.requests).to.deep.equal([]);
  });

  it('are listed page by page, with the limit and the selectors in every request', async () => {
    standIn.server.answers.push(ok(list([node('a')], 'a/b+c=')), ok(list([node('b')])));
    const where = { namespace: 'own', labelSelector: 'x=y', fieldSelector: 'spec.nodeName=a', limit: 20 };
    expect(await connect().list(PODS, where)).to.have.length(2);
    const selectors = 'fieldSelector=spec.nodeName%3Da&labelSelector=x%3Dy&limit=20';
    expect(standIn.server.requests.map(({ query }) => query.toString())).to.deep.equal([
      selectors,
      `continue=a%2Fb%2Bc%3D&${selectors}`,
    ]);
  });

  it('are listed from the start when a page has expired', async () => {
    const expired = failure(410, 'too old', 'Expired');
    standIn.server.answers.push(ok(list([node('a')], 'next')), expired, ok(list([node('b')])));
    const all = await connect().list(NODES);
    expect(all.map(({ metadata }) => metadata?.name)).to.deep.equal(['b']);
    expect(standIn.server.requests.map(({ query }) => query.get('continue'))).to.deep.equal([null, 'next', null]);
  });

  it('are none in a list that is null', async () => {
    standIn.server.answers.push(ok({ metadata: null, items: null }));
    expect(await connect().list(NODES)).to.deep.equal([]);
  });

  for (const [what, body] of Object.entries({
    'without items': { status: 'ok' },
    'with items that are no list': { items: { length: 0 } },
    'with an item that is no object': { items: [null] },
  }))
    it(`are not taken for none in an answer ${what}`, async () => {
      standIn.server.answers.push(ok(body));
      const error = await failureOf(connect().list(NODES));
      expect(error.exitCode).to.equal(EXIT.Bug);
      expect(error.message).to.equal(
        'could not list nodes: the answer has no list of objects in items, expected a list of the Kubernetes API',
      );
    });

  it('are asked for again after the time that the server names', async () => {
    const busy = { status: 429, body: { kind: 'Status', message: 'busy' }, headers: { 'retry-after': '30' } };
    standIn.server.answers.push(busy, ok({}));
    await connect().get(NODES, { name: 'w1' });
    expect(standIn.lines).to.deep.equal([
      'cannot get node w1 (HTTP 429: busy); asking again for up to 600 s',
      'get node w1: answered again after 30 s',
    ]);
  });
});

import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { httpStatus, isTransient, retryTransient } from '../../../src/steps/runtime/retry.ts';
import { refused } from '../../../src/steps/runtime/step-error.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { failureOf } from '../ports/remote.suite.ts';

const withCode = (message: string, code: string | number, body?: unknown): Error =>
  Object.assign(new Error(message), { code, body });
const http = (status: number, message = 'no'): Error =>
  withCode('HTTP', status, JSON.stringify({ kind: 'Status', message }));
const fetchFailed = (cause: Error): Error => new TypeError('fetch failed', { cause });
const downAtFirst = withCode('connect ECONNREFUSED 10.0.0.1:6443', 'ECONNREFUSED');

const TRANSIENT: readonly [string, Error][] = [
  ['a refused connection, however deep it hides', fetchFailed(downAtFirst)],
  ['a refused connection to each of several addresses', fetchFailed(new AggregateError([downAtFirst]))],
  ['a connection that is reset', withCode('read ECONNRESET', 'ECONNRESET')],
  ['a socket that hangs up', new Error('socket hang up')],
  ['an end in the middle', new Error('unexpected EOF')],
  ['a time-out of ours', fetchFailed(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))],
  ['a connection that takes too long', fetchFailed(withCode('Connect Timeout Error', 'UND_ERR_CONNECT_TIMEOUT'))],
  ['a TLS handshake that fails', withCode('write EPROTO', 'EPROTO')],
  ['a server that says goodbye', new Error('http2: server sent GOAWAY and closed the connection')],
  ['a name server that is away', withCode('getaddrinfo EAI_AGAIN api', 'EAI_AGAIN')],
  ['an etcd that looks for a leader', new Error('etcdserver: leader changed')],
  ...[408, 429, 500, 502, 503, 504].map((status): [string, Error] => [`HTTP ${status}`, http(status)]),
];

const LASTING: readonly [string, Error][] = [
  ['a name that does not exist', withCode('getaddrinfo ENOTFOUND api', 'ENOTFOUND')],
  [
    'a certificate of somebody else',
    withCode('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  ],
  ['a mistake of ours', new TypeError('x is not a function')],
  ['a refusal of ours', refused('connection refused, we say')],
  ['an answer that only quotes trouble', http(422, 'connection refused is no valid value')],
  ...[400, 404, 405, 409, 410, 422].map((status): [string, Error] => [`HTTP ${status}`, http(status)]),
];

describe('trouble that passes', () => {
  for (const [name, error] of TRANSIENT) it(`is ${name}`, () => expect(isTransient(error)).to.equal(true));
  for (const [name, error] of LASTING) it(`is not ${name}`, () => expect(isTransient(error)).to.equal(false));
});

describe('asking again', () => {
  let clock: FakeClock;
  let lines: string[];
  const log = (line: string): unknown => lines.push(line);
  /** Fails with each of these in turn; with the last one for ever when it is the only kind of answer. */
  const failing = (errors: readonly Error[], answer?: string) => {
    const queue = [...errors];
    return async (): Promise<string> => {
      const error = queue.length > 1 || answer !== undefined ? queue.shift() : queue[0];
      if (error !== undefined) throw error;
      return answer ?? '';
    };
  };
  const ask = (errors: readonly Error[], answer?: string, patienceSeconds = 600) =>
    retryTransient('list nodes', failing(errors, answer), { clock, log, patienceSeconds });

  it('waits as long as the server asks for, and never for more than a minute at a time', async () => {
    const busy = (seconds: string): Error => Object.assign(http(429), { headers: { 'retry-after': seconds } });
    expect(await ask([busy('9'), busy('0'), busy('3600'), busy('Tue, 24 Nov 2026 01:00:00 GMT')], 'here')).to.equal(
      'here',
    );
    expect(clock.slept).to.deep.equal([9, 2, 60, 8]);
  });

  beforeEach(() => {
    clock = new FakeClock();
    lines = [];
  });

  it('is silent when the first answer is one', async () => {
    expect(await ask([], 'fine')).to.equal('fine');
    expect(lines).to.deep.equal([]);
  });

  it('waits longer each time, up to 15 s, and tells when trouble begins and ends', async () => {
    const errors = Array.from({ length: 6 }, () => fetchFailed(downAtFirst));
    expect(await ask(errors, 'fine')).to.equal('fine');
    expect(clock.slept).to.deep.equal([1, 2, 4, 8, 15, 15]);
    expect(lines).to.deep.equal([
      'cannot list nodes (fetch failed: connect ECONNREFUSED 10.0.0.1:6443); asking again for up to 600 s',
      'list nodes: answered again after 45 s',
    ]);
  });

  it('ends when its patience does, and says what the last answer was', async () => {
    const error = await failureOf(ask([http(503, 'shutting down')], undefined, 60));
    expect(error.message).to.equal('could not list nodes for 60 s; the last answer was: HTTP 503: shutting down');
    expect(error.exitCode).to.equal(EXIT.TryAgain);
    expect(clock.slept.reduce((sum, seconds) => sum + seconds, 0)).to.equal(60);
  });

  it('has ten minutes of patience when nothing else is said', async () => {
    await failureOf(retryTransient('list nodes', failing([downAtFirst]), { clock, log }));
    expect(clock.slept.reduce((sum, seconds) => sum + seconds, 0)).to.equal(600);
  });

  it('bears with a server that denies everything while it starts', async () => {
    expect(await ask([downAtFirst, http(403), http(401), http(403)], 'fine')).to.equal('fine');
  });

  it('reports a permission that stays missing, within 30 s of the first denial', async () => {
    const said = 'nodes is forbidden: User "system:serviceaccount:k8s-upgrade:inventory" cannot list resource "nodes"';
    const error = await failureOf(ask([...Array.from({ length: 20 }, () => downAtFirst), http(403, said)]));
    expect(error.message).to.equal(
      `may not list nodes: HTTP 403: ${said}; grant it in the access of the step (contract.ts) and apply dist/ again`,
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
    const before = clock.slept.slice(0, 20).reduce((sum, seconds) => sum + seconds, 0);
    expect(clock.slept.reduce((sum, seconds) => sum + seconds, 0) - before).to.equal(30);
  });

  const DENIALS: readonly [number, string, string][] = [
    [
      422,
      "nodes \"w1\" is forbidden: ValidatingAdmissionPolicy 'no-cordon' with binding 'b' denied request: not now",
      'Exempt the ServiceAccount of this step in the policy, or change the policy: kubectl get validatingadmissionpolicy no-cordon -o yaml',
    ],
    [
      403,
      'admission webhook "nodes.example.org" denied the request: User "x" cannot patch',
      'Ask the owner of the webhook nodes.example.org: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    ],
    [
      403,
      'nodes "w1" is forbidden: node quota is reached',
      'an admission plugin of the API server forbids it, not a missing permission: put right what its text names',
    ],
  ];
  for (const [status, said, remedy] of DENIALS)
    it(`tells a denial of admission from a missing permission: ${said}`, async () => {
      const error = await failureOf(ask([http(status, said)]));
      expect(error.message).to.equal(`may not list nodes: HTTP ${status}: ${said}; ${remedy}`);
      expect(error.exitCode).to.equal(EXIT.Refused);
    });

  it('reports a missing permission as one also when patience is short', async () => {
    expect((await failureOf(ask([http(403)], undefined, 2))).exitCode).to.equal(EXIT.Refused);
  });

  it('hands an answer that is none of trouble to the caller, who can see its status', async () => {
    const error = await failureOf(ask([http(409, 'the object has been modified')]));
    expect(error.message).to.equal('could not list nodes: HTTP 409: the object has been modified');
    expect(httpStatus(error)).to.equal(409);
    expect(clock.slept).to.deep.equal([]);
  });

  it('leaves our own verdicts as they are', async () => {
    const verdict = refused('the host key has changed');
    expect(await failureOf(ask([verdict]))).to.equal(verdict);
  });
});

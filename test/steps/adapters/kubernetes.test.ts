import { expect } from 'chai';
import { EXIT } from '../../../src/contract/exit-code.ts';
import { connectKubernetes, type Kubernetes } from '../../../src/steps/adapters/kubernetes.ts';
import type { NodePod } from '../../../src/steps/ports/cluster.ts';
import { formatLedger, type Ledger } from '../../../src/upgrade/ledger.ts';
import type { ClusterNode } from '../../../src/upgrade/node.ts';
import { failure, ok, startApiServer, type ApiRequest, type ApiServer } from '../../support/fakes/api-server.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { failureOf } from '../ports/remote.suite.ts';

const PREFIX = 'argo-kubeadm-upgrade.io/';
const LEDGER: Ledger = {
  run: 'uid-of-run',
  from: { major: 1, minor: 34, patch: 9 },
  to: { major: 1, minor: 34, patch: 10 },
  phase: 'soaking',
  cordonedByUs: true,
};
const POD: NodePod = {
  namespace: 'shop',
  name: 'web-1',
  uid: 'uid-of-web-1',
  phase: 'Running',
  ready: true,
  terminating: false,
  mirror: false,
  daemonSet: false,
  controlled: true,
  emptyDir: false,
  workflow: undefined,
};

let server: ApiServer;
let clock: FakeClock;
let lines: string[];
let kubernetes: Kubernetes;

const connect = (signal?: AbortSignal): Kubernetes =>
  connectKubernetes({
    namespace: 'k8s-upgrade',
    annotationPrefix: PREFIX,
    clock,
    log: (line) => lines.push(line),
    config: server.config,
    signal,
  });

const node = (name: string, about: { annotations?: object; version?: string } = {}): object => ({
  metadata: {
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '41',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    annotations: about.annotations,
  },
  spec: { unschedulable: true },
  status: {
    nodeInfo: { kubeletVersion: about.version ?? 'v1.34.9' },
    addresses: [
      { type: 'Hostname', address: name },
      { type: 'InternalIP', address: '10.0.0.7' },
    ],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

const mirror = (component: string, image: string, about: { node?: string; mirror?: boolean } = {}): object => ({
  metadata: {
    name: `${component}-cp1`,
    labels: { component, tier: 'control-plane' },
    annotations: about.mirror === false ? {} : { 'kubernetes.io/config.mirror': 'abc' },
  },
  spec: {
    nodeName: about.node ?? 'cp1',
    containers: [
      { name: 'proxy', image: 'example.org/proxy:v9.9.9' },
      { name: component, image },
    ],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const list = (items: readonly object[], next?: string): object => ({ metadata: { continue: next ?? '' }, items });
const asked = ({ method, path, query }: ApiRequest): string =>
  `${method} ${path}${query.size === 0 ? '' : `?${decodeURIComponent(query.toString())}`}`;
const last = (): ApiRequest => {
  const request = server.requests.at(-1);
  if (request === undefined) throw new Error('nothing was asked');
  return request;
};

beforeEach(async () => {
  server = await startApiServer();
  clock = new FakeClock();
  lines = [];
  kubernetes = connect();
});
afterEach(() => server.close());

describe('kubernetes: nodes', () => {
  it('are read with their ledger and their static pods', async () => {
    server.answers.push(
      ok(list([node('cp1', { annotations: { [`${PREFIX}ledger`]: formatLedger(LEDGER) } })])),
      ok(
        list([
          mirror('kube-scheduler', 'registry.k8s.io/kube-scheduler:latest'),
          mirror('kube-apiserver', 'registry.local:5000/kube-apiserver:v1.34.10@sha256:0123'),
          mirror('kube-controller-manager', 'registry.local:5000/kube-controller-manager'),
          mirror('etcd', 'registry.k8s.io/etcd:3.6.4-0'),
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.30.0', { mirror: false }),
          mirror('kube-apiserver', 'registry.k8s.io/kube-apiserver:v1.31.0', { node: 'cp2' }),
        ]),
      ),
    );
    const [read] = await kubernetes.cluster.nodes();
    expect(read).to.deep.equal({
      name: 'cp1',
      uid: 'uid-of-cp1',
      revision: '41',
      createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      controlPlane: true,
      ready: true,
      unschedulable: true,
      internalIp: '10.0.0.7',
      kubelet: { major: 1, minor: 34, patch: 9 },
      staticPods: [
        { component: 'kube-apiserver', version: { major: 1, minor: 34, patch: 10 }, ready: true },
        { component: 'kube-controller-manager', version: undefined, ready: true },
        { component: 'kube-scheduler', version: undefined, ready: true },
      ],
      ledger: LEDGER,
    } satisfies ClusterNode);
    expect(server.requests.map(asked)).to.deep.equal([
      'GET /api/v1/nodes?limit=500',
      'GET /api/v1/namespaces/kube-system/pods?labelSelector=tier=control-plane&limit=500',
    ]);
  });

  it('are read one by one with only their own static pods', async () => {
    server.answers.push(ok(node('cp1')), ok(list([])));
    expect(await kubernetes.cluster.node('cp1')).to.include({ name: 'cp1' });
    expect(server.requests.map(asked)).to.deep.equal([
      'GET /api/v1/nodes/cp1',
      'GET /api/v1/namespaces/kube-system/pods?fieldSelector=spec.nodeName=cp1&labelSelector=tier=control-plane&limit=500',
    ]);
  });

  it('are not guessed at when the ledger cannot be read', async () => {
    server.answers.push(ok(node('cp1', { annotations: { [`${PREFIX}ledger`]: '{"run":1}' } })), ok(list([])));
    const error = await failureOf(kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'node cp1 carries an unreadable upgrade ledger: {"run":1}; ' +
        'see what state the node is in, then remove its annotation argo-kubeadm-upgrade.io/ledger',
    );
    expect(error.exitCode).to.equal(EXIT.Bug);
  });

  it('are not guessed at when the kubelet is no release', async () => {
    server.answers.push(ok(node('cp1', { version: 'v1.35.0-rc.1' })), ok(list([])));
    const error = await failureOf(kubernetes.cluster.node('cp1'));
    expect(error.message).to.equal(
      'node cp1 reports the kubelet version "v1.35.0-rc.1", expected a release such as v1.34.9',
    );
  });
});

describe('kubernetes: lists', () => {
  it('are read to the last page', async () => {
    server.answers.push(ok(list([node('b')], 'page 2')), ok(list([node('a')])), ok(list([])));
    expect((await kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['a', 'b']);
    expect(server.requests.map(({ query }) => query.get('continue'))).to.deep.equal([null, 'page 2', null]);
  });

  it('are read again from the start when a page has expired', async () => {
    const expired = failure(410, 'The provided continue parameter is too old', 'Expired');
    server.answers.push(ok(list([node('a')], 'page 2')), expired, ok(list([node('b')])), ok(list([])));
    expect((await kubernetes.cluster.nodes()).map(({ name }) => name)).to.deep.equal(['b']);
  });

  it('that expire again and again are given up', async () => {
    server.answers.push(...Array.from({ length: 5 }, () => failure(410, 'too old', 'Expired')));
    const error = await failureOf(kubernetes.cluster.nodes());
    expect(error.message).to.equal('could not list nodes: HTTP 410: too old');
    expect(server.requests).to.have.length(5);
  });
});

describe('kubernetes: a change of a node', () => {
  const read = { name: 'w1', revision: '41' } as ClusterNode;

  it('is one merge patch that carries the revision, the ledger and the cordon', async () => {
    server.answers.push(ok(node('w1')));
    expect(await kubernetes.cluster.changeNode(read, { ledger: LEDGER, unschedulable: true })).to.equal('written');
    expect(last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/nodes/w1',
      contentType: 'application/merge-patch+json',
      body: {
        metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: formatLedger(LEDGER) } },
        spec: { unschedulable: true },
      },
    });
  });

  it('leaves nothing behind when it lifts the cordon and closes the ledger', async () => {
    server.answers.push(ok(node('w1')));
    await kubernetes.cluster.changeNode(read, { ledger: null, unschedulable: false });
    expect(last().body).to.deep.equal({
      metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: null } },
      spec: { unschedulable: null },
    });
  });

  it('is told apart from one that came too late', async () => {
    server.answers.push(
      failure(409, 'the object has been modified', 'Conflict'),
      failure(404, 'not found', 'NotFound'),
    );
    expect(await kubernetes.cluster.changeNode(read, { unschedulable: true })).to.equal('changed');
    expect(await kubernetes.cluster.changeNode(read, { unschedulable: true })).to.equal('gone');
  });

  it('does not mention what is not to change', async () => {
    server.answers.push(ok(node('w1')), ok(node('w1')));
    await kubernetes.cluster.changeNode(read, { unschedulable: true });
    expect(last().body).to.deep.equal({ metadata: { resourceVersion: '41' }, spec: { unschedulable: true } });
    await kubernetes.cluster.changeNode(read, { ledger: null });
    expect(last().body).to.deep.equal({
      metadata: { resourceVersion: '41', annotations: { [`${PREFIX}ledger`]: null } },
    });
  });
});

describe('kubernetes: pods', () => {
  const pod = (about: { metadata?: object; spec?: object; status?: object }): object => ({
    metadata: { namespace: 'shop', name: 'web-1', uid: 'uid-of-web-1', ...about.metadata },
    spec: { containers: [], ...about.spec },
    status: about.status ?? { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const owner = (kind: string, controller = true, apiVersion = 'apps/v1'): object => ({
    ownerReferences: [{ apiVersion, kind, name: 'x', uid: 'x', controller }],
  });
  const CASES: readonly [string, object, Partial<NodePod>][] = [
    ['a pod of nobody', pod({}), { controlled: false }],
    ['a pod of a ReplicaSet', pod({ metadata: owner('ReplicaSet') }), {}],
    ['a pod of a DaemonSet', pod({ metadata: owner('DaemonSet') }), { daemonSet: true }],
    ['a pod of another kind of DaemonSet', pod({ metadata: owner('DaemonSet', true, 'apps.kruise.io/v1') }), {}],
    ['a pod that is owned, not controlled', pod({ metadata: owner('DaemonSet', false) }), { controlled: false }],
    [
      'a mirror pod',
      pod({ metadata: { ...owner('Node', true, 'v1'), annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
      { mirror: true },
    ],
    [
      'a pod that ends',
      pod({ metadata: { ...owner('Job'), deletionTimestamp: '2026-01-01T00:00:00Z' } }),
      { terminating: true },
    ],
    [
      'a pod with an emptyDir',
      pod({ metadata: owner('Job'), spec: { volumes: [{ name: 'tmp', emptyDir: {} }] } }),
      { emptyDir: true },
    ],
    [
      'a step of a Workflow',
      pod({
        metadata: {
          ...owner('Workflow', true, 'argoproj.io/v1alpha1'),
          labels: { 'workflows.argoproj.io/workflow': 'nightly-1' },
        },
      }),
      { workflow: 'nightly-1' },
    ],
    [
      'a pod that waits',
      pod({ metadata: owner('Job'), status: { phase: 'Pending' } }),
      { phase: 'Pending', ready: false },
    ],
    ['a pod without a phase', pod({ metadata: owner('Job'), status: {} }), { phase: 'Unknown', ready: false }],
  ];
  for (const [name, raw, about] of CASES) {
    it(`show ${name} as it is`, async () => {
      server.answers.push(ok(list([raw])));
      expect(await kubernetes.cluster.podsOn('w1')).to.deep.equal([{ ...POD, ...about }]);
      expect(asked(last())).to.equal('GET /api/v1/pods?fieldSelector=spec.nodeName=w1&limit=500');
    });
  }
});

describe('kubernetes: an eviction', () => {
  it('names the pod by its UID and its time to end', async () => {
    server.answers.push({ status: 201, body: {} });
    expect(await kubernetes.cluster.evict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(last()).to.deep.include({
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods/web-1/eviction',
      body: {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'web-1', namespace: 'shop' },
        deleteOptions: { gracePeriodSeconds: 90, preconditions: { uid: 'uid-of-web-1' } },
      },
    });
  });

  const uid =
    'Operation cannot be fulfilled on pods "web-1": Precondition failed: UID in precondition: a, UID in object meta: b';
  const ending =
    'pods "web-1" is forbidden: unable to create new content in namespace shop because it is being terminated';
  const two = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  const ANSWERS: readonly [number, string, 'gone' | 'held'][] = [
    [404, 'pods "web-1" not found', 'gone'],
    [409, uid, 'gone'],
    [409, 'the object has been modified', 'held'],
    [429, "Cannot evict pod as it would violate the pod's disruption budget.", 'held'],
    [500, two, 'held'],
    [403, ending, 'held'],
  ];
  for (const [status, message, kind] of ANSWERS) {
    it(`is ${kind} by a ${status} "${message}", which is not asked twice`, async () => {
      server.answers.push(failure(status, message));
      const expected = kind === 'held' ? { kind, because: message } : { kind };
      expect(await kubernetes.cluster.evict(POD, 90)).to.deep.equal(expected);
      expect(server.requests).to.have.length(1);
    });
  }

  it('is asked again when the server itself is in trouble', async () => {
    server.answers.push(failure(500, 'etcdserver: request timed out'), 'cut', { status: 201, body: {} });
    expect(await kubernetes.cluster.evict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(clock.slept).to.deep.equal([1, 2]);
  });
});

describe('kubernetes: trouble', () => {
  it('is waited out, whatever was asked', async () => {
    server.answers.push('cut', failure(503, 'apiserver not ready'), ok(list([])), 'cut', ok(list([])));
    expect(await kubernetes.cluster.nodes()).to.deep.equal([]);
    expect(lines[0]).to.match(/^cannot list nodes \(.+\); asking again for up to 600 s$/);
    expect(lines[1]).to.equal('list nodes: answered again after 3 s');
  });

  it('that is a missing permission is named by verb and resource', async () => {
    const said = 'nodes "w1" is forbidden: User "x" cannot patch resource "nodes" in API group "" at the cluster scope';
    server.answers.push(...Array.from({ length: 10 }, () => failure(403, said, 'Forbidden')));
    const read = { name: 'w1', revision: '41' } as ClusterNode;
    const error = await failureOf(kubernetes.cluster.changeNode(read, { unschedulable: true }));
    expect(error.message).to.equal(
      `may not patch node w1: HTTP 403: ${said}; grant it in the access of the step (contract.ts) and apply dist/ again`,
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('is over at once when the step is told to end', async () => {
    const ending = new AbortController();
    server.answers.push(() => {
      ending.abort();
      return 'cut';
    });
    const error = await failureOf(connect(ending.signal).cluster.nodes());
    expect(error.message).to.equal('told to end before it was done');
    expect(error.exitCode).to.equal(EXIT.TryAgain);
    expect(server.requests).to.have.length(1);
  });
});

describe('kubernetes: readiness', () => {
  it('asks /readyz, then whether the outcome of a step could be reported', async () => {
    server.answers.push(ok('ok'), { status: 201, body: { spec: {}, status: { allowed: true } } });
    expect(await kubernetes.cluster.apiReady()).to.deep.equal({ ready: true });
    expect(server.requests.map(asked)).to.deep.equal([
      'GET /readyz',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    ]);
    const resourceAttributes = {
      namespace: 'k8s-upgrade',
      verb: 'create',
      group: 'argoproj.io',
      resource: 'workflowtaskresults',
    };
    expect(last().body).to.deep.equal({ spec: { resourceAttributes } });
  });

  it('is denied to a server that is not ready, without a second question', async () => {
    server.answers.push({ status: 500, body: '[-]etcd failed: reason withheld' });
    expect(await kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: '/readyz answered HTTP 500: [-]etcd failed: reason withheld',
    });
    expect(server.requests).to.have.length(1);
  });

  it('is denied to a server that does not grant what Argo needs', async () => {
    server.answers.push(ok('ok'), { status: 201, body: { spec: {}, status: { allowed: false } } });
    expect(await kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: 'it does not let us create workflowtaskresults.argoproj.io in k8s-upgrade: no reason given',
    });
  });

  it('is denied to a server that hangs up, without asking again', async () => {
    server.answers.push('cut');
    expect(await kubernetes.cluster.apiReady()).to.deep.equal({
      ready: false,
      because: 'fetch failed: other side closed',
    });
    expect(clock.slept).to.deep.equal([]);
  });
});

describe('kubernetes: the namespace', () => {
  it('gets its annotations by merge patch', async () => {
    server.answers.push(ok({}));
    await kubernetes.cluster.annotateNamespace({ a: '1', b: null });
    expect(last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/namespaces/k8s-upgrade',
      contentType: 'application/merge-patch+json',
      body: { metadata: { annotations: { a: '1', b: null } } },
    });
  });
});

describe('kubernetes: the lease', () => {
  const ME = { uid: 'uid-of-mine', name: 'nightly-1' };
  const AT = Date.UTC(2026, 10, 24, 1, 0, 0, 123);
  const lease = (holder: string | undefined, renewed: string): object => ({
    metadata: { resourceVersion: '7', annotations: { [`${PREFIX}holder-name`]: 'nightly-1' } },
    spec: { holderIdentity: holder, renewTime: renewed },
  });
  const seen = { holder: undefined, renewedAtMs: 0, revision: '6' };
  const conflict = failure(409, 'the object has been modified', 'Conflict');

  it('is replaced only when it is still what was seen', async () => {
    server.answers.push(ok(lease('uid-of-mine', '2026-11-24T01:00:00.123000Z')));
    expect(await kubernetes.lease.write(seen, ME, AT)).to.equal(true);
    expect(last()).to.deep.include({
      method: 'PUT',
      path: '/apis/coordination.k8s.io/v1/namespaces/k8s-upgrade/leases/k8s-upgrade',
      body: {
        metadata: {
          name: 'k8s-upgrade',
          namespace: 'k8s-upgrade',
          resourceVersion: '6',
          annotations: { [`${PREFIX}holder-name`]: 'nightly-1' },
        },
        spec: { holderIdentity: 'uid-of-mine', renewTime: '2026-11-24T01:00:00.123000Z' },
      },
    });
  });

  it('is ours when our own write went through and only its answer was lost', async () => {
    server.answers.push('cut', conflict, ok(lease('uid-of-mine', '2026-11-24T01:00:00.123000Z')));
    expect(await kubernetes.lease.write(seen, ME, AT)).to.equal(true);
  });

  it('is released when our own release went through and only its answer was lost', async () => {
    server.answers.push('cut', conflict, ok(lease(undefined, '2026-11-24T01:00:00.123000Z')));
    expect(await kubernetes.lease.write(seen, undefined, AT)).to.equal(true);
  });

  it('is not ours when another was faster', async () => {
    server.answers.push(conflict, ok(lease('uid-of-other', '2026-11-24T01:00:00.123000Z')));
    expect(await kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('is not taken for renewed when it only was ours before', async () => {
    server.answers.push(conflict, ok(lease('uid-of-mine', '2026-11-24T00:59:00.000000Z')));
    expect(await kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('is not ours when it is gone by now', async () => {
    server.answers.push(failure(404, 'leases.coordination.k8s.io "k8s-upgrade" not found', 'NotFound'));
    expect(await kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('that names a holder without the name of its Workflow is not guessed at', async () => {
    server.answers.push(ok({ metadata: { resourceVersion: '7' }, spec: { holderIdentity: 'somebody' } }));
    const error = await failureOf(kubernetes.lease.read());
    expect(error.message).to.equal(
      'lease k8s-upgrade is held by somebody, but has no annotation argo-kubeadm-upgrade.io/holder-name; ' +
        'see who wrote it, then delete the Lease',
    );
  });
});

describe('kubernetes: runs', () => {
  const RUN = { uid: 'uid-of-run', name: 'nightly-1' };
  const workflow = (status: object): object => ({ metadata: { name: 'nightly-1', uid: 'uid-of-run' }, status });
  const STATES: readonly [string, object, string][] = [
    ['without a status', {}, 'running'],
    ['that runs', { phase: 'Running', finishedAt: null }, 'running'],
    ['that waits', { phase: 'Pending' }, 'running'],
    ['that succeeded', { phase: 'Succeeded' }, 'ended'],
    ['that failed', { phase: 'Failed' }, 'ended'],
    ['that erred', { phase: 'Error' }, 'ended'],
    ['that has finished', { phase: 'Running', finishedAt: '2026-01-01T00:00:00Z' }, 'ended'],
  ];
  for (const [name, status, state] of STATES) {
    it(`calls a Workflow ${name} ${state}`, async () => {
      server.answers.push(ok(workflow(status)));
      expect(await kubernetes.runs.state(RUN)).to.equal(state);
      expect(asked(last())).to.equal('GET /apis/argoproj.io/v1alpha1/namespaces/k8s-upgrade/workflows/nightly-1');
    });
  }

  it('calls a Workflow gone that the server says is not there', async () => {
    server.answers.push(failure(404, 'workflows.argoproj.io "nightly-1" not found', 'NotFound'));
    expect(await kubernetes.runs.state(RUN)).to.equal('gone');
  });

  it('does not take a later Workflow of the same name for it', async () => {
    server.answers.push(ok(workflow({ phase: 'Running' })));
    expect(await kubernetes.runs.state({ ...RUN, uid: 'uid-of-an-earlier-one' })).to.equal('gone');
  });

  it('calls none gone by a server that does not serve Workflows', async () => {
    server.answers.push({ status: 404, body: '404 page not found\n' });
    const error = await failureOf(kubernetes.runs.state(RUN));
    expect(error.message).to.equal(
      'could not get workflow nightly-1: the API server does not serve workflows.argoproj.io',
    );
    expect(error.exitCode).to.equal(EXIT.TryAgain);
  });

  it('counts every pod as live that may be at work', async () => {
    const pod = (name: string, status: object, about: { node?: string; deleted?: string } = {}): object => ({
      metadata: { name, deletionTimestamp: about.deleted },
      spec: { containers: [], nodeName: about.node },
      status,
    });
    server.answers.push(
      ok(
        list([
          pod('running-but-deleted', { phase: 'Running' }, { node: 'w1', deleted: '2026-01-01T00:00:00Z' }),
          pod('lost', { phase: 'Unknown' }, { node: 'w1' }),
          pod('starting', { phase: 'Pending' }, { node: 'w1' }),
          pod('waiting-for-a-node', { phase: 'Pending' }),
          pod('done', { phase: 'Succeeded' }, { node: 'w1' }),
          pod('failed', { phase: 'Failed' }, { node: 'w1' }),
        ]),
      ),
    );
    expect(await kubernetes.runs.livePods(RUN)).to.deep.equal(['lost', 'running-but-deleted', 'starting']);
    expect(asked(last())).to.equal(
      'GET /api/v1/namespaces/k8s-upgrade/pods?labelSelector=workflows.argoproj.io/workflow=nightly-1&limit=500',
    );
  });
});

describe('kubernetes: host keys', () => {
  const HOST = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' };
  const map = (data?: object): object => ({ metadata: { resourceVersion: '9' }, data });

  it('are written by a merge patch that carries the revision', async () => {
    server.answers.push(ok(map()), ok(map()));
    await kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA');
    expect(last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-known-hosts',
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: '9' }, data: { 'uid-of-w1': 'ssh-ed25519 AAAA\n' } },
    });
  });

  it('are written again when others wrote at the same time', async () => {
    server.answers.push(ok(map()), failure(409, 'modified'), ok(map({ other: 'x' })), ok(map()));
    await kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA');
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET', 'PATCH', 'GET', 'PATCH']);
  });

  it('are given up when others write all the time', async () => {
    for (let n = 0; n < 10; n++) server.answers.push(ok(map()), failure(409, 'modified'));
    const error = await failureOf(Promise.resolve(kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA')));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts was changed by others 10 times in a row while we wrote to it',
    );
    expect(error.exitCode).to.equal(EXIT.TryAgain);
  });

  it('never replace one another', async () => {
    server.answers.push(ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n' })));
    const error = await failureOf(Promise.resolve(kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 BBBB')));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts already holds another host key for w1 under uid-of-w1; ' +
        "find out which one is the machine's",
    );
    expect(server.requests.map(({ method }) => method)).to.deep.equal(['GET']);
  });

  it('are one per line', async () => {
    server.answers.push(ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n\n ssh-rsa BBBB\n' })));
    expect(await kubernetes.hostKeys.known(HOST)).to.deep.equal(['ssh-ed25519 AAAA', 'ssh-rsa BBBB']);
  });

  it('need their ConfigMap, and say where it comes from', async () => {
    server.answers.push(failure(404, 'configmaps "k8s-upgrade-known-hosts" not found', 'NotFound'));
    const error = await failureOf(kubernetes.hostKeys.known(HOST));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts does not exist; ' +
        'it is part of dist/<cluster>: apply that, then run this again',
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('say where they are kept', () => {
    expect(kubernetes.hostKeys.whereKept(HOST)).to.equal(
      'key uid-of-w1 of ConfigMap k8s-upgrade/k8s-upgrade-known-hosts',
    );
  });
});

describe('kubernetes: the way there', () => {
  const names = ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST'];
  let before: (string | undefined)[];
  beforeEach(() => {
    before = names.map((name) => process.env[name]);
    for (const name of names) Reflect.deleteProperty(process.env, name);
  });
  afterEach(() => {
    names.forEach((name, index) => {
      if (before[index] !== undefined) process.env[name] = before[index];
    });
  });

  it('is asked for when there is none', () => {
    const options = { namespace: 'k8s-upgrade', annotationPrefix: PREFIX, clock, log: (): undefined => undefined };
    expect(() => connectKubernetes(options)).to.throw(
      'no cluster to talk to: set KUBECONFIG, or run in a pod that has a service account',
    );
  });
});

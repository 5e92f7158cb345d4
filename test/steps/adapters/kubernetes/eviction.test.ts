import { expect } from 'chai';
import { failure } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, POD, StandIn } from './stand-in.ts';

describe('kubernetes: an eviction', () => {
  const api = new StandIn();

  it('names the pod by its UID and its time to end', async () => {
    api.server.answers.push({ status: 201, body: {} });
    expect(await api.kubernetes.cluster.evict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(api.last()).to.deep.include({
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
  const uidOfPod =
    'Operation cannot be fulfilled on Pod "web-1": the UID in the precondition (a) does not match the UID in record (b). The object might have been deleted and then recreated';
  const two = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  /** As Kubernetes 1.34.10 answers. The author of a policy chooses between the three codes. */
  const policy =
    "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'no-evict.example.com' with binding 'no-evict-binding' denied request: keep {{this}}";
  const mutating = "policy 'patch.example.com' with binding 'b' denied request: no such key: labels";
  const ANSWERS: readonly [number, string, 'gone' | 'held' | 'denied'][] = [
    [422, policy, 'denied'],
    [403, policy, 'denied'],
    [413, policy, 'denied'],
    [422, 'pods "web-1" is forbidden: ValidatingAdmissionPolicy \'p\' denied request: User "a" cannot', 'denied'],
    [403, mutating, 'denied'],
    [400, 'admission webhook "evictions.example.org" denied the request without explanation', 'held'],
    [
      422,
      'admission webhook "evictions.example.org" denied the request: ValidatingAdmissionPolicy \'p\' denied request',
      'held',
    ],
    [400, 'admission webhook "evictions.example.org" does not support dry run', 'held'],
    [403, 'pods "web-1" is forbidden: not yet ready to handle request', 'held'],
    [404, 'pods "web-1" not found', 'gone'],
    [404, 'admission webhook "evictions.example.org" denied the request: no such claim', 'held'],
    [
      409,
      'admission webhook "evictions.example.org" denied the request: UID in precondition: of another volume',
      'held',
    ],
    [409, uid, 'gone'],
    [409, uidOfPod, 'gone'],
    [409, 'the object has been modified', 'held'],
    [429, "Cannot evict pod as it would violate the pod's disruption budget.", 'held'],
    [500, two, 'held'],
    [403, 'poddisruptionbudgets.policy "web" is forbidden: pdb disruptions allowed is negative', 'held'],
    [429, 'admission webhook "evictions.example.org" denied the request: it is being moved', 'held'],
    [403, 'admission webhook "evictions.example.org" denied the request: not now', 'held'],
    [500, 'Internal error occurred: failed calling webhook "evictions.example.org": no endpoints available', 'held'],
    [403, ending, 'held'],
  ];
  for (const [status, message, kind] of ANSWERS) {
    it(`is ${kind} by a ${status} "${message}", which is not asked twice`, async () => {
      api.server.answers.push(failure(status, message));
      const expected = kind === 'gone' ? { kind } : { kind, because: message };
      expect(await api.kubernetes.cluster.evict(POD, 90)).to.deep.equal(expected);
      expect(api.server.requests).to.have.length(1);
    });
  }

  it('that a policy denies quotes one line of it, and no more than its beginning', async () => {
    const text = (says: string): string =>
      `pods "web-1" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${says}`;
    api.server.answers.push(failure(422, text(`a\n\tb ${'x'.repeat(9000)}`)));
    const answer = await api.kubernetes.cluster.evict(POD, 90);
    const expected = `${text(`a b ${'x'.repeat(9000)}`).slice(0, 500)}…`;
    expect(answer).to.deep.equal({ kind: 'denied', because: expected });
  });

  it('that RBAC does not allow is a missing permission', async () => {
    const said =
      'pods "web-1" is forbidden: User "system:serviceaccount:k8s-upgrade:drain" cannot create resource "pods/eviction" in API group "" in the namespace "shop"';
    api.server.answers.push(...Array.from({ length: 10 }, () => failure(403, said, 'Forbidden')));
    expect((await failureOf(api.kubernetes.cluster.evict(POD, 90))).message).to.equal(
      `may not create pods/eviction in shop: HTTP 403: ${said}; grant it in the access of the step (contract.ts) and apply dist/ again`,
    );
  });

  it('can be asked about without being made', async () => {
    api.server.answers.push({ status: 201, body: {} }, failure(422, policy));
    expect(await api.kubernetes.cluster.wouldEvict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(asked(api.last())).to.equal('POST /api/v1/namespaces/shop/pods/web-1/eviction?dryRun=All');
    expect(await api.kubernetes.cluster.wouldEvict(POD, 90)).to.deep.equal({ kind: 'denied', because: policy });
  });

  it('is asked again when the server itself is in trouble', async () => {
    api.server.answers.push(failure(500, 'etcdserver: request timed out'), 'cut', { status: 201, body: {} });
    expect(await api.kubernetes.cluster.evict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(api.clock.slept).to.deep.equal([1, 2]);
  });

  it('that its budget holds says when asking again makes sense', async () => {
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    const answer = failure(429, message);
    api.server.answers.push(answer === 'cut' ? answer : { ...answer, headers: { 'Retry-After': '10' } });
    expect(await api.kubernetes.cluster.evict(POD, 90)).to.deep.equal({
      ...{ kind: 'held', because: message, askAgainSeconds: 10 },
    });
  });

  it('is asked again when the server has too much to do, as late as it says', async () => {
    const busy = { status: 429, body: 'Too many requests, please try again later.', headers: { 'Retry-After': '7' } };
    api.server.answers.push(busy, { status: 201, body: {} });
    expect(await api.kubernetes.cluster.evict(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(api.clock.slept).to.deep.equal([7]);
  });
});

describe('kubernetes: a deletion', () => {
  const api = new StandIn();

  it('names the pod by its UID and its time to end', async () => {
    api.server.answers.push({ status: 200, body: {} });
    expect(await api.kubernetes.cluster.deletePod(POD, 90)).to.deep.equal({ kind: 'evicted' });
    expect(api.last()).to.deep.include({
      method: 'DELETE',
      path: '/api/v1/namespaces/shop/pods/web-1',
      body: { gracePeriodSeconds: 90, preconditions: { uid: 'uid-of-web-1' } },
    });
  });

  it('knows a pod that is gone, and one that another has taken the name of', async () => {
    api.server.answers.push(failure(404, 'pods "web-1" not found'));
    expect(await api.kubernetes.cluster.deletePod(POD, 90)).to.deep.equal({ kind: 'gone' });
    api.server.answers.push(failure(409, 'Precondition failed: UID in precondition: a, UID in object meta: b'));
    expect(await api.kubernetes.cluster.deletePod(POD, 90)).to.deep.equal({ kind: 'gone' });
  });

  it('that we may not make is named by verb and resource', async () => {
    api.server.answers.push(...Array.from({ length: 10 }, () => failure(403, 'forbidden', 'Forbidden')));
    expect((await failureOf(api.kubernetes.cluster.deletePod(POD, 90))).message).to.equal(
      'may not delete pods in shop: HTTP 403: forbidden; grant it in the access of the step (contract.ts) and apply dist/ again',
    );
  });
});

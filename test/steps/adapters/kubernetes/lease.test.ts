import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { PREFIX, StandIn } from './stand-in.ts';

describe('kubernetes: the lease', () => {
  const api = new StandIn();

  const ME = { uid: 'uid-of-mine', name: 'nightly-1' };
  const AT = Date.UTC(2026, 10, 24, 1, 0, 0, 123);
  const lease = (holder: string | undefined, renewed: string): object => ({
    metadata: { resourceVersion: '7', annotations: { [`${PREFIX}holder-name`]: 'nightly-1' } },
    spec: { holderIdentity: holder, renewTime: renewed },
  });
  const seen = { holder: undefined, renewedAtMs: 0, revision: '6' };
  const conflict = failure(409, 'the object has been modified', 'Conflict');

  it('is replaced only when it is still what was seen', async () => {
    api.server.answers.push(ok(lease('uid-of-mine', '2026-11-24T01:00:00.123000Z')));
    expect(await api.kubernetes.lease.write(seen, ME, AT)).to.equal(true);
    expect(api.last()).to.deep.include({
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
    api.server.answers.push('cut', conflict, ok(lease('uid-of-mine', '2026-11-24T01:00:00.123000Z')));
    expect(await api.kubernetes.lease.write(seen, ME, AT)).to.equal(true);
  });

  it('is released when our own release went through and only its answer was lost', async () => {
    api.server.answers.push('cut', conflict, ok(lease(undefined, '2026-11-24T01:00:00.123000Z')));
    expect(await api.kubernetes.lease.write(seen, undefined, AT)).to.equal(true);
  });

  it('is not ours when another was faster', async () => {
    api.server.answers.push(conflict, ok(lease('uid-of-other', '2026-11-24T01:00:00.123000Z')));
    expect(await api.kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('is not taken for renewed when it only was ours before', async () => {
    api.server.answers.push(conflict, ok(lease('uid-of-mine', '2026-11-24T00:59:00.000000Z')));
    expect(await api.kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('is not ours when it is gone by now', async () => {
    api.server.answers.push(failure(404, 'leases.coordination.k8s.io "k8s-upgrade" not found', 'NotFound'));
    expect(await api.kubernetes.lease.write(seen, ME, AT)).to.equal(false);
  });

  it('that names a holder without the name of its Workflow is not guessed at', async () => {
    api.server.answers.push(ok({ metadata: { resourceVersion: '7' }, spec: { holderIdentity: 'somebody' } }));
    const error = await failureOf(api.kubernetes.lease.read());
    expect(error.message).to.equal(
      'lease k8s-upgrade is held by somebody, but has no annotation argo-kubeadm-upgrade.io/holder-name; ' +
        'see who wrote it, then delete the Lease',
    );
  });
});

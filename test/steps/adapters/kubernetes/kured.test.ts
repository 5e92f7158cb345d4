import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../../support/failure.ts';
import { asked, StandIn } from './stand-in.ts';

const ANNOTATION = 'weave.works/kured-node-lock';
const daemonSet = (container: object, lock?: string): object => ({
  metadata: {
    ...{ name: 'kured', namespace: 'kube-system', resourceVersion: '7' },
    ...(lock !== undefined && { annotations: { [ANNOTATION]: lock } }),
  },
  spec: { selector: {}, template: { spec: { containers: [container] } } },
});

describe('kubernetes: kured', () => {
  const api = new StandIn();
  const kured = () => api.kubernetes.kured({ daemonSet: 'kube-system/kured', annotation: ANNOTATION });
  const place = { daemonSet: 'kube-system/kured', annotation: ANNOTATION, revision: '7' };

  it('is a DaemonSet with a lock in an annotation; nothing where there is none', async () => {
    api.server.answers.push(ok(daemonSet({}, '{}')), ok(daemonSet({})), failure(404, 'not found'));
    expect(await kured().state()).to.deep.equal({ ...place, concurrency: 1, lock: '{}' });
    expect(await kured().state()).to.deep.equal({ ...place, concurrency: 1, lock: undefined });
    expect(await kured().state()).to.equal(undefined);
    expect(asked(api.last())).to.equal('GET /apis/apps/v1/namespaces/kube-system/daemonsets/kured');
  });

  const CONCURRENCY: readonly [object, number][] = [
    [{ command: ['/usr/bin/kured', '--concurrency=2'] }, 2],
    [{ args: ['--period=1m', '--concurrency', '3'] }, 3],
    [{ env: [{ name: 'KURED_CONCURRENCY', value: '4' }] }, 4],
    [{ args: ['--concurrency=2'], env: [{ name: 'KURED_CONCURRENCY', value: '4' }] }, 2],
    [{ args: ['--concurrency=many'] }, 1],
    [{ args: ['--period=1m'] }, 1],
  ];
  for (const [container, concurrency] of CONCURRENCY)
    it(`takes ${concurrency} at once by ${JSON.stringify(container)}`, async () => {
      api.server.answers.push(ok(daemonSet(container)));
      expect((await kured().state())?.concurrency).to.equal(concurrency);
    });

  it('has its lock written only as it was seen', async () => {
    const seen = { ...place, concurrency: 1, lock: undefined };
    api.server.answers.push(ok({}), ok({}), failure(409, 'conflict'), failure(404, 'gone'), failure(422, 'invalid'));
    expect(await kured().writeLock(seen, '{"a":1}')).to.equal('written');
    expect(api.last()).to.deep.include({ method: 'PATCH', contentType: 'application/merge-patch+json' });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '7', annotations: { [ANNOTATION]: '{"a":1}' } },
    });
    await kured().writeLock(seen, null);
    expect(api.last().body).to.deep.equal({ metadata: { resourceVersion: '7', annotations: { [ANNOTATION]: null } } });
    expect(await kured().writeLock(seen, null)).to.equal('changed');
    expect(await kured().writeLock(seen, null)).to.equal('gone');
    expect(await failureOf(kured().writeLock(seen, null))).to.include({ exitCode: 70 });
  });
});

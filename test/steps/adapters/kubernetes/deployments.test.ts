import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../../support/failure.ts';
import { valueOf } from '../../ports/compatibility.suite.ts';
import { asked, PREFIX, StandIn } from './stand-in.ts';

const deployment = (name: string, replicas: number | undefined, held?: string): object => ({
  metadata: {
    ...{ name, namespace: 'shop', resourceVersion: '7' },
    ...(held !== undefined && { annotations: { [`${PREFIX}quiesced-replicas`]: held } }),
  },
  spec: { replicas, selector: {}, template: {} },
});

describe('kubernetes: Deployments', () => {
  const api = new StandIn();
  const web = {
    ...{ namespace: 'shop', name: 'web', revision: '7', replicas: 3 },
    ...{ held: undefined, oldAnnotation: false },
  };
  const state = (data: Readonly<Record<string, string>>) => ok({ metadata: {}, data });
  const find = () => api.kubernetes.deployments.deployment('shop', 'web');
  const requests = () => api.server.requests.map(asked);

  it('are read one by one, with what our ConfigMap records of them', async () => {
    api.server.answers.push(ok(deployment('web', 3)), state({}));
    expect(await find()).to.deep.equal(web);
    expect(requests()).to.deep.equal([
      'GET /apis/apps/v1/namespaces/shop/deployments/web',
      'GET /api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-run-state',
    ]);
    api.server.answers.push(ok(deployment('web', undefined)), state({ 'held.shop.web': '2' }));
    expect(await find()).to.deep.equal({ ...web, replicas: 1, held: 2 });
    api.server.answers.push(failure(404, 'not found'));
    expect(await find()).to.equal(undefined);
  });

  it('are still known by the annotation of an older release, until a record says otherwise', async () => {
    api.server.answers.push(ok(deployment('web', 0, '4')), failure(404, 'no ConfigMap'));
    expect(await find()).to.deep.equal({ ...web, replicas: 0, held: 4, oldAnnotation: true });
    api.server.answers.push(ok(deployment('web', 0, '4')), state({ 'held.shop.web': '2' }));
    expect(await find()).to.deep.include({ held: 2 });
    api.server.answers.push(ok(deployment('web', 0, '4')), state({ 'held.shop.web': '0' }));
    expect(await find()).to.deep.include({ held: undefined });
  });

  it('are never scaled to a number that no run of ours records', async () => {
    for (const text of ['three', '-1', '101', '999999', '1e2', ' 3', '']) {
      api.server.answers.push(ok(deployment('web', 0)), state({ 'held.shop.web': text }));
      expect(await find(), text).to.deep.include({ held: 'unreadable' });
    }
    api.server.answers.push(ok(deployment('web', 0, '100000')), state({}));
    expect(await find()).to.deep.include({ held: 'unreadable' });
  });

  it('are all named that are recorded, but for what is no name of a Deployment', async () => {
    api.server.answers.push(
      state({
        ...{ 'held.shop.web': '3', 'held.shop.a.b': 'many', 'held.back.web': '0', 'in-flight': 'x' },
        ...{ 'held.$(reboot).web': '1', 'held.shop.': '1', 'held.shop.-': '1', held: '1' },
      }),
    );
    expect(await api.kubernetes.deployments.records()).to.deep.equal([
      { namespace: 'shop', name: 'a.b', replicas: 'unreadable' },
      { namespace: 'shop', name: 'web', replicas: 3 },
    ]);
  });

  it('are scaled by the subresource, only as they were seen', async () => {
    api.server.answers.push(ok({}));
    expect(await api.kubernetes.deployments.scale(web, 0)).to.equal('written');
    expect(api.last()).to.deep.include({ method: 'PATCH', contentType: 'application/merge-patch+json' });
    expect(asked(api.last())).to.equal('PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale');
    expect(api.last().body).to.deep.equal({ metadata: { resourceVersion: '7' }, spec: { replicas: 0 } });
  });

  it('are recorded in our ConfigMap; what an older release wrote on one is answered there as well', async () => {
    api.server.answers.push(ok({}), ok({}), ok({}));
    await api.kubernetes.deployments.record(web, 3);
    expect(asked(api.last())).to.equal('PATCH /api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-run-state');
    expect(api.last().body).to.deep.equal({ data: { 'held.shop.web': '3' } });
    await api.kubernetes.deployments.record(web, null);
    expect(api.last().body).to.deep.equal({ data: { 'held.shop.web': null } });
    await api.kubernetes.deployments.record({ ...web, oldAnnotation: true }, null);
    expect(api.last().body).to.deep.equal({ data: { 'held.shop.web': '0' } });
  });

  it('that others wrote or deleted are told apart; anything else is thrown', async () => {
    api.server.answers.push(failure(409, 'conflict'), failure(404, 'not found'), failure(422, 'invalid'));
    const scale = () => api.kubernetes.deployments.scale(web, 0);
    expect(await scale()).to.equal('changed');
    expect(await scale()).to.equal('gone');
    expect(await failureOf(scale())).to.include({ exitCode: 70 });
  });
});

describe('kubernetes: the restore hook', () => {
  const api = new StandIn();
  const script = () => api.kubernetes.restoreHook.script('ops/restore');

  it('is a key of the ConfigMap of the settings, with the digest of its bytes', async () => {
    api.server.answers.push(ok({ data: { 'restore.sh': 'echo grüße\n', other: 'x' }, binaryData: { blob: 'AA==' } }));
    expect(valueOf(await script())).to.deep.equal({
      text: 'echo grüße\n',
      sha256: createHash('sha256').update(Buffer.from('echo grüße\n', 'utf8')).digest('hex'),
    });
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/ops/configmaps/restore');
  });

  const WITHOUT_SCRIPT: readonly [string, object][] = [
    ['another key', { data: { other: '' } }],
    ['no key', {}],
    ['the key as binary data', { binaryData: { 'restore.sh': 'dHJ1ZQ==' } }],
  ];
  for (const [what, map] of WITHOUT_SCRIPT)
    it(`is not known with ${what}`, async () => {
      api.server.answers.push(ok(map));
      const reason = 'ConfigMap ops/restore has no text in its key restore.sh';
      expect(await script()).to.deep.equal({ known: false, reason });
    });

  it('is not known where there is no such ConfigMap, or where it may not be read', async () => {
    api.server.answers.push(failure(404, 'not found'), ...Array.from({ length: 20 }, () => failure(403, 'no')));
    expect(await script()).to.deep.equal({ known: false, reason: 'there is no ConfigMap ops/restore' });
    expect((await script()).known).to.equal(false);
  });
});

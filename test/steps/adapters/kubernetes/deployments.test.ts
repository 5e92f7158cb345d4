import { expect } from 'chai';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../../support/failure.ts';
import { valueOf } from '../../ports/compatibility.suite.ts';
import { asked, list, PREFIX, StandIn } from './stand-in.ts';

const deployment = (name: string, replicas: number | undefined, held?: string): object => ({
  metadata: {
    ...{ name, namespace: 'shop', resourceVersion: '7' },
    ...(held !== undefined && { annotations: { [`${PREFIX}quiesced-replicas`]: held } }),
  },
  spec: { replicas, selector: {}, template: {} },
});

describe('kubernetes: Deployments', () => {
  const api = new StandIn();
  const web = { namespace: 'shop', name: 'web', revision: '7', replicas: 3, held: undefined };

  it('are read one by one', async () => {
    api.server.answers.push(ok(deployment('web', 3)), ok(deployment('web', undefined, '2')), failure(404, 'not found'));
    const find = () => api.kubernetes.deployments.deployment('shop', 'web');
    expect(await find()).to.deep.equal(web);
    expect(await find()).to.deep.equal({ ...web, replicas: 1, held: 2 });
    expect(await find()).to.equal(undefined);
    expect(asked(api.last())).to.equal('GET /apis/apps/v1/namespaces/shop/deployments/web');
  });

  it('that we hold are found in every namespace; what cannot be read is said to be unreadable', async () => {
    const all = [
      deployment('web', 0, '3'),
      deployment('free', 2),
      deployment('odd', 0, 'three'),
      deployment('none', 0, '0'),
    ];
    api.server.answers.push(ok(list(all)));
    const seen = await api.kubernetes.deployments.heldDeployments();
    expect(seen.map(({ name, held }) => [name, held])).to.deep.equal([
      ['none', 'unreadable'],
      ['odd', 'unreadable'],
      ['web', 3],
    ]);
    expect(asked(api.last())).to.equal('GET /apis/apps/v1/deployments?limit=500');
  });

  it('are scaled and annotated in one request, that fits only what was seen', async () => {
    api.server.answers.push(ok({}), ok({}));
    expect(await api.kubernetes.deployments.scale(web, { replicas: 0, held: 3 })).to.equal('written');
    expect(api.last()).to.deep.include({ method: 'PATCH', contentType: 'application/merge-patch+json' });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '7', annotations: { [`${PREFIX}quiesced-replicas`]: '3' } },
      spec: { replicas: 0 },
    });
    await api.kubernetes.deployments.scale(web, { held: null });
    expect(api.last().body).to.deep.equal({
      metadata: { resourceVersion: '7', annotations: { [`${PREFIX}quiesced-replicas`]: null } },
    });
  });

  it('that others wrote or deleted are told apart; anything else is thrown', async () => {
    api.server.answers.push(failure(409, 'conflict'), failure(404, 'not found'), failure(422, 'invalid'));
    const scale = () => api.kubernetes.deployments.scale(web, { replicas: 0, held: 3 });
    expect(await scale()).to.equal('changed');
    expect(await scale()).to.equal('gone');
    expect(await failureOf(scale())).to.include({ exitCode: 70 });
  });
});

describe('kubernetes: the restore hook', () => {
  const api = new StandIn();
  const script = () => api.kubernetes.restoreHook.restoreScript();

  it('is a key of a ConfigMap in kube-system', async () => {
    api.server.answers.push(ok({ data: { 'restore.sh': 'echo hello' } }));
    expect(valueOf(await script())).to.equal('echo hello');
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/kube-system/configmaps/apiserver-oidc-restore');
  });

  it('is none where there is no such ConfigMap', async () => {
    api.server.answers.push(failure(404, 'not found'));
    expect(valueOf(await script())).to.equal(undefined);
  });

  it('is not known when the key is missing or may not be read', async () => {
    api.server.answers.push(ok({ data: { other: '' } }), ...Array.from({ length: 20 }, () => failure(403, 'no')));
    expect(await script()).to.deep.equal({
      known: false,
      reason: 'ConfigMap kube-system/apiserver-oidc-restore has no key restore.sh',
    });
    expect((await script()).known).to.equal(false);
  });
});

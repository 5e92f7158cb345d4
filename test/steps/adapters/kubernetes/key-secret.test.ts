import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { publicKeyOf } from '../../../../src/steps/adapters/ssh.ts';
import { Secret } from '../../../../src/steps/runtime/secret.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { ed25519 } from '../../../support/fakes/ssh-keys.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { asked, StandIn } from './stand-in.ts';

describe('kubernetes: the Secret with the SSH key', () => {
  const api = new StandIn();
  const [old, next] = [ed25519(), ed25519()];
  const secret = () => api.kubernetes.keySecret('creds', { next: () => new Secret(next.private), publicKeyOf });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const object = (data: object): object => ({ metadata: { name: 'creds', resourceVersion: '41' }, data });

  it('shows the public half of what it holds', async () => {
    api.server.answers.push(ok(object({ ssh_key: base64(old.private), slack_webhook: base64('x') })));
    expect(await secret().read()).to.deep.equal({ key: old.public, revision: '41' });
    expect(asked(api.last())).to.equal('GET /api/v1/namespaces/k8s-upgrade/secrets/creds');
    expect(api.lines).to.deep.equal([]);
  });

  it('is given the next key, and keeps all else', async () => {
    api.server.answers.push(ok(object({})));
    expect(await secret().takeNext({ key: old.public, revision: '41' })).to.equal('written');
    expect(asked(api.last())).to.equal('PATCH /api/v1/namespaces/k8s-upgrade/secrets/creds');
    expect(api.last()).to.deep.include({
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: '41' }, data: { ssh_key: base64(next.private) } },
    });
  });

  it('says that somebody else was faster', async () => {
    api.server.answers.push(failure(409, 'the object has been modified', 'Conflict'));
    expect(await secret().takeNext({ key: old.public, revision: '40' })).to.equal('changed');
  });

  it('is refused without a key', async () => {
    api.server.answers.push(ok(object({})));
    expect(await failureOf(secret().read())).to.include({
      exitCode: EXIT.Refused,
      message: 'Secret k8s-upgrade/creds has no ssh_key.',
    });
  });
});

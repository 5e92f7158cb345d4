import { expect } from 'chai';
import { EXIT } from '../../../../src/contract/exit-code.ts';
import { failure, ok } from '../../../support/fakes/api-server.ts';
import { failureOf } from '../../ports/remote.suite.ts';
import { list, node, StandIn } from './stand-in.ts';

describe('kubernetes: host keys', () => {
  const api = new StandIn();

  const HOST = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' };
  const map = (data?: object): object => ({ metadata: { resourceVersion: '9' }, data });

  it('are written by a merge patch that carries the revision', async () => {
    api.server.answers.push(ok(map()), ok(map()));
    await api.kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA');
    expect(api.last()).to.deep.include({
      method: 'PATCH',
      path: '/api/v1/namespaces/k8s-upgrade/configmaps/k8s-upgrade-known-hosts',
      contentType: 'application/merge-patch+json',
      body: { metadata: { resourceVersion: '9' }, data: { 'uid-of-w1': 'ssh-ed25519 AAAA\n' } },
    });
  });

  it('are written again when others wrote at the same time', async () => {
    api.server.answers.push(ok(map()), failure(409, 'modified'), ok(map({ other: 'x' })), ok(map()));
    await api.kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA');
    expect(api.server.requests.map(({ method }) => method)).to.deep.equal(['GET', 'PATCH', 'GET', 'PATCH']);
  });

  it('are given up when others write all the time', async () => {
    for (let n = 0; n < 10; n++) api.server.answers.push(ok(map()), failure(409, 'modified'));
    const error = await failureOf(Promise.resolve(api.kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 AAAA')));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts was changed by others 10 times in a row while we wrote to it',
    );
    expect(error.exitCode).to.equal(EXIT.TryAgain);
  });

  it('never replace one another', async () => {
    api.server.answers.push(ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n' })));
    const error = await failureOf(Promise.resolve(api.kubernetes.hostKeys.remember?.(HOST, 'ssh-ed25519 BBBB')));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts already holds another host key for w1 under uid-of-w1; ' +
        "find out which one is the machine's",
    );
    expect(api.server.requests.map(({ method }) => method)).to.deep.equal(['GET']);
  });

  const SHARED =
    'w1 (10.0.0.1) shows the host key ssh-ed25519 SHA256:cJ6AyISHokEeHuTfufIqhhSS0gxHZRUMDHlKvXD4FHw, which ConfigMap k8s-upgrade/k8s-upgrade-known-hosts holds for Node cp1 as well; one host key belongs to one machine. ' +
    'Find out which Node answers at 10.0.0.1, and correct or remove the other: kubectl get nodes -o wide. Cloned machines: on each, rm /etc/ssh/ssh_host_*, dpkg-reconfigure openssh-server, then remove its key from ConfigMap k8s-upgrade/k8s-upgrade-known-hosts';

  it('are refused when an older release has written one for two Nodes', async () => {
    const data = { 'uid-of-w1': 'ssh-ed25519 AAAA\n', 'uid-of-cp1': 'ssh-rsa BBBB\nssh-ed25519 AAAA\n' };
    api.server.answers.push(ok(map(data)), ok(list([node('cp1'), node('w1')])));
    const error = await failureOf(api.kubernetes.hostKeys.known(HOST));
    expect(error.message).to.equal(SHARED);
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('ask for the Nodes only when one key stands twice', async () => {
    api.server.answers.push(
      ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n', gone: 'ssh-ed25519 AAAA\n' })),
      ok(list([node('w1')])),
    );
    expect(await api.kubernetes.hostKeys.known(HOST)).to.deep.equal(['ssh-ed25519 AAAA']);
    api.server.answers.push(ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n', gone: 'ssh-ed25519 CCCC\n' })));
    await api.kubernetes.hostKeys.known(HOST);
    expect(api.server.requests.map(({ path }) => path.split('/').at(-1))).to.deep.equal([
      ...['k8s-upgrade-known-hosts', 'nodes', 'k8s-upgrade-known-hosts'],
    ]);
  });

  it('are one per line', async () => {
    api.server.answers.push(ok(map({ 'uid-of-w1': 'ssh-ed25519 AAAA\n\n ssh-rsa BBBB\n' })));
    expect(await api.kubernetes.hostKeys.known(HOST)).to.deep.equal(['ssh-ed25519 AAAA', 'ssh-rsa BBBB']);
  });

  it('need their ConfigMap, and say where it comes from', async () => {
    api.server.answers.push(failure(404, 'configmaps "k8s-upgrade-known-hosts" not found', 'NotFound'));
    const error = await failureOf(api.kubernetes.hostKeys.known(HOST));
    expect(error.message).to.equal(
      'ConfigMap k8s-upgrade/k8s-upgrade-known-hosts does not exist; ' +
        'it is part of dist/<cluster>: apply that, then run this again',
    );
    expect(error.exitCode).to.equal(EXIT.Refused);
  });

  it('say where they are kept', () => {
    expect(api.kubernetes.hostKeys.whereKept(HOST)).to.equal(
      'key uid-of-w1 of ConfigMap k8s-upgrade/k8s-upgrade-known-hosts',
    );
  });
});

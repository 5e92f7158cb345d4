import { expect } from 'chai';
import { unlessObjected } from '../../../src/steps/runtime/step-error.ts';
import { decide } from '../../../src/steps/prove-ssh-key/decide.ts';
import { logInEverywhere } from '../../../src/steps/prove-ssh-key/observe.ts';
import { aControlPlane, aNode } from '../../support/builders.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeRemote } from '../../support/fakes/remote.ts';

const print = (key: string): string => `SHA256:${key}`;

describe('prove-ssh-key', () => {
  it('has nothing against the key expected', () => {
    expect(decide('new', { expected: 'new', otherwise: 'refuse' }, print)).to.equal(undefined);
  });

  const OBJECTIONS: readonly [string, string | undefined, 'wait' | 'refuse', boolean, string][] = [
    [
      'waits for the switch',
      'old',
      'wait',
      true,
      'This pod started with SHA256:old, expected the new key SHA256:new. Put the new key into ssh_key at the source of the Secret; the next pod checks again. No key was removed.',
    ],
    [
      'refuses what was put back',
      'old',
      'refuse',
      false,
      'This pod started with SHA256:old, expected the new key SHA256:new: the Secret was put back. Its source still has the old key: change it there, then argo retry this run. Both keys are let in.',
    ],
    [
      'refuses no key',
      undefined,
      'refuse',
      false,
      'This pod started with no key, expected the new key SHA256:new: the Secret was put back. Its source still has the old key: change it there, then argo retry this run. Both keys are let in.',
    ],
  ];
  for (const [promise, mounted, otherwise, mayPass, because] of OBJECTIONS)
    it(promise, async () => {
      const objection = decide(mounted, { expected: 'new', otherwise }, print);
      expect(objection).to.deep.equal({ mayPass, because });
      const error = await failureOf(
        Promise.resolve().then(() => {
          unlessObjected(objection);
        }),
      );
      expect(error).to.include({ exitCode: mayPass ? 75 : 77, message: because });
    });

  it('logs in on every node, control plane and workers', async () => {
    const [remote, said] = [new FakeRemote().whenScript('true', {}), [] as string[]];
    await logInEverywhere([aControlPlane('cp1'), aNode('w1')], remote, (line) => said.push(line));
    expect(said).to.deep.equal(['cp1: let us in.', 'w1: let us in.']);
    expect(remote.ran.map(({ node }) => node)).to.deep.equal(['cp1', 'w1']);
  });

  it('fails at the first that does not', async () => {
    const remote = new FakeRemote()
      .when((_, { node }) => node === 'w1', 'unreachable')
      .when((_, { node }) => node === 'cp1', {});
    expect(
      await failureOf(
        logInEverywhere([aControlPlane('cp1'), aNode('w1', { internalIp: '10.0.0.1' })], remote, () => undefined),
      ),
    ).to.include({
      exitCode: 75,
      message: 'cannot log in to w1 (10.0.0.1) on port 22: connect ECONNREFUSED 10.0.0.1:22',
    });
    remote.when((_, { node }) => node === 'w1', { exitCode: 1, stderr: 'This account is currently not available.\n' });
    expect(await failureOf(logInEverywhere([aNode('w1')], remote, () => undefined))).to.include({
      message: 'w1 lets us in, and does nothing: This account is currently not available.',
    });
  });

  it('leaves no node out', async () => {
    expect(
      await failureOf(logInEverywhere([aNode('w1', { internalIp: undefined })], new FakeRemote(), () => undefined)),
    ).to.include({
      exitCode: 77,
      message: 'Node w1 has no InternalIP; SSH needs one.',
    });
  });
});

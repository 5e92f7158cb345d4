import { expect } from 'chai';
import type { SwitchSshKeyInput } from '../../../src/steps/switch-ssh-key/contract.ts';
import { nothing, reconcile } from '../../../src/steps/runtime/reconcile.ts';
import { takeNext } from '../../../src/steps/switch-ssh-key/act.ts';
import { decide } from '../../../src/steps/switch-ssh-key/decide.ts';
import { observe } from '../../../src/steps/switch-ssh-key/observe.ts';
import { failureOf } from '../../support/failure.ts';
import { FakeClock } from '../../support/fakes/clock.ts';
import { FakeKeySecret } from '../../support/fakes/key-secret.ts';

const INPUT: SwitchSshKeyInput = { secretName: 'creds', oldPublic: 'old', newPublic: 'new' };

describe('switch-ssh-key', () => {
  const run = async (secret: FakeKeySecret, by: 'operator' | 'workflow' = 'workflow'): Promise<readonly string[]> => {
    const said: string[] = [];
    const loop = {
      observe: () => observe(secret, { by }),
      decide: (seen: Awaited<ReturnType<typeof observe>>) => decide(seen, INPUT),
      act: (seen: Awaited<ReturnType<FakeKeySecret['read']>>) => takeNext(seen, secret, nothing),
    };
    await reconcile(loop, new FakeClock(), (line) => said.push(line));
    return said;
  };

  it('puts the new key in the place of the old one, once', async () => {
    const secret = new FakeKeySecret('old', 'new');
    expect(await run(secret)).to.deep.equal([
      'Secret creds: putting the new key in the place of the old one.',
      'Secret creds holds the new key.',
    ]);
    expect(await run(secret)).to.deep.equal(['Secret creds holds the new key.']);
  });

  it('tells the operator that it is his turn, and changes nothing', async () => {
    const secret = new FakeKeySecret('old', 'new');
    expect(await run(secret, 'operator')).to.deep.equal([
      'Put the new private key into ssh_key at the source of Secret creds. The next step waits until a new pod starts with it. Until then, both keys are accepted.',
    ]);
    expect(await secret.read()).to.include({ key: 'old' });
  });

  it('leaves alone a key that somebody else has put there', async () => {
    const secret = new FakeKeySecret('third', 'new');
    expect(await failureOf(run(secret))).to.include({
      exitCode: 77,
      message:
        'Secret creds holds neither the old key nor the new one: another client changed it. Nothing was changed. Both keys are accepted.',
    });
    expect(await secret.read()).to.include({ key: 'third' });
  });

  it('changes nothing when the fence says no', async () => {
    const secret = new FakeKeySecret('old', 'new');
    const fence = () => Promise.reject(new Error('halted'));
    const error = await takeNext(await secret.read(), secret, fence).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'halted');
    expect(await secret.read()).to.include({ key: 'old' });
  });
});

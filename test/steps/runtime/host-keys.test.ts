import { expect } from 'chai';
import { cachedHostKeys } from '../../../src/steps/runtime/host-keys.ts';
import { FakeHostKeys } from '../../support/fakes/remote.ts';

const HOST = { node: 'w1', uid: 'uid-of-w1', address: '10.0.0.1' };

describe('host keys that are kept where the API server is', () => {
  it('are asked for until they are known, and then no more', async () => {
    const [kept, asked] = [new FakeHostKeys(), [] as string[]];
    const known = kept.known.bind(kept);
    kept.known = (host) => (asked.push(host.node), known(host));
    const keys = cachedHostKeys(kept);
    expect(await keys.known(HOST)).to.equal(undefined);
    await keys.remember?.(HOST, 'ssh-ed25519 AAAA');
    expect(await keys.known(HOST)).to.deep.equal(['ssh-ed25519 AAAA']);
    expect(await keys.known(HOST)).to.deep.equal(['ssh-ed25519 AAAA']);
    expect(await keys.known({ ...HOST, uid: 'uid-of-w2', node: 'w2' })).to.equal(undefined);
    expect(asked).to.deep.equal(['w1', 'w1', 'w2']);
    expect(keys.whereKept(HOST)).to.equal(kept.whereKept(HOST));
  });

  it('are not learned where they are not', () => {
    expect(cachedHostKeys(new FakeHostKeys({ learns: false })).remember).to.equal(undefined);
  });
});

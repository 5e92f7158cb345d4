import { expect } from 'chai';
import type { KeySecret } from '../../../src/steps/ports/key-secret.ts';

export interface KeySecretWorld {
  readonly secret: KeySecret;
  /** Public keys: what it holds at first, and the next one. */
  readonly oldKey: string;
  readonly newKey: string;
  /** Another client writes it and keeps its key. */
  alter(): Promise<void>;
  end(): Promise<void>;
}

export function describeKeySecret(name: string, make: () => Promise<KeySecretWorld>): void {
  describe(`KeySecret: ${name}`, () => {
    let world: KeySecretWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('shows the public key that it holds', async () => {
      expect(await world.secret.read()).to.include({ key: world.oldKey });
    });

    it('takes the next one in its place, and can be told so twice', async () => {
      expect(await world.secret.takeNext(await world.secret.read())).to.equal('written');
      expect(await world.secret.read()).to.include({ key: world.newKey });
      expect(await world.secret.takeNext(await world.secret.read())).to.equal('written');
      expect(await world.secret.read()).to.include({ key: world.newKey });
    });

    it('is not written over what was not seen', async () => {
      const seen = await world.secret.read();
      await world.alter();
      expect(await world.secret.takeNext(seen)).to.equal('changed');
      expect(await world.secret.read()).to.include({ key: world.oldKey });
    });
  });
}

import { expect } from 'chai';
import type { Kured, KuredState } from '../../../src/steps/ports/kured.ts';

export interface KuredWorld {
  readonly kured: Kured;
  /** The DaemonSet, which takes so many nodes at once. */
  add(concurrency: number): Promise<void>;
  /** `namespace/name` of it. */
  readonly daemonSet: string;
  /** kured as its Helm chart may name it; `namespace/name`. */
  addAnother(): Promise<string>;
  /** Another client writes it. */
  alter(): Promise<void>;
  end(): Promise<void>;
}

export function describeKured(name: string, make: () => Promise<KuredWorld>): void {
  describe(`Kured: ${name}`, () => {
    let world: KuredWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const find = async (): Promise<KuredState> => {
      const found = await world.kured.state();
      if (found === undefined) throw new Error('there is no kured');
      return found;
    };
    /** In a real cluster its controller writes it, too. */
    const written = async (lock: string | null): Promise<void> => {
      for (let attempt = 0; attempt < 10; attempt++)
        if ((await world.kured.writeLock(await find(), lock)) === 'written') return;
      throw new Error('the DaemonSet was changed by others ten times in a row');
    };

    it('knows none where there is none', async () => {
      expect(await world.kured.state()).to.equal(undefined);
    });

    it('shows how many nodes it takes at once, and no lock where nobody holds it', async () => {
      await world.add(2);
      expect(await find()).to.include({ concurrency: 2, lock: undefined });
    });

    it('finds every DaemonSet that runs kured, whatever it is called', async () => {
      expect(await world.kured.installed()).to.not.include(world.daemonSet);
      await world.add(1);
      const another = await world.addAnother();
      expect(await world.kured.installed()).to.include.members([world.daemonSet, another]);
    });

    it('writes the lock as it is given, and takes it away', async () => {
      await world.add(1);
      const lock = '{"nodeID":"w1","created":"2026-11-24T01:00:00Z","TTL":0}';
      await written(lock);
      expect((await find()).lock).to.equal(lock);
      await written(null);
      expect((await find()).lock).to.equal(undefined);
    });

    it('does not write over what somebody else has written since it was read', async () => {
      await world.add(1);
      const read = await find();
      await world.alter();
      expect(await world.kured.writeLock(read, '{}')).to.equal('changed');
      expect((await find()).lock).to.equal(undefined);
    });
  });
}

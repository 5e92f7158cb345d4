import { expect } from 'chai';
import type { Deployment, Deployments } from '../../../src/steps/ports/deployments.ts';

export interface DeploymentsWorld {
  readonly deployments: Deployments;
  readonly namespace: string;
  /** A Deployment in that namespace; nothing else there is held. */
  add(name: string, replicas: number): Promise<void>;
  /** Somebody else writes it. */
  alter(name: string): Promise<void>;
  end(): Promise<void>;
}

export function describeDeployments(name: string, make: () => Promise<DeploymentsWorld>): void {
  describe(`Deployments: ${name}`, () => {
    let world: DeploymentsWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    const find = async (wanted: string): Promise<Deployment> => {
      const found = await world.deployments.deployment(world.namespace, wanted);
      if (found === undefined) throw new Error(`${wanted} is not there`);
      return found;
    };
    /** In a real cluster its controller writes it, too. */
    const scaled = async (wanted: string, scaling: Parameters<Deployments['scale']>[1]): Promise<void> => {
      for (let attempt = 0; attempt < 10; attempt++)
        if ((await world.deployments.scale(await find(wanted), scaling)) === 'written') return;
      throw new Error(`${wanted} was changed by others ten times in a row`);
    };
    const heldHere = async (): Promise<readonly string[]> =>
      (await world.deployments.heldDeployments())
        .filter(({ namespace }) => namespace === world.namespace)
        .map(({ name: one, replicas, held }) => `${one} ${replicas} (${held ?? 'none'})`);

    it('shows how many are wanted, and that we hold nothing', async () => {
      await world.add('web', 3);
      expect(await find('web')).to.deep.include({ namespace: world.namespace, replicas: 3, held: undefined });
      expect(await heldHere()).to.deep.equal([]);
    });

    it('knows none of a name that nobody has', async () => {
      expect(await world.deployments.deployment(world.namespace, 'nobody')).to.equal(undefined);
    });

    it('writes the replicas and what they were together, and takes it away again', async () => {
      await world.add('web', 3);
      await world.add('api', 2);
      await scaled('web', { replicas: 0, held: 3 });
      await scaled('api', { replicas: 0, held: 2 });
      expect(await heldHere()).to.deep.equal(['api 0 (2)', 'web 0 (3)']);
      await scaled('web', { replicas: 3, held: null });
      expect(await find('web')).to.deep.include({ replicas: 3, held: undefined });
      expect(await heldHere()).to.deep.equal(['api 0 (2)']);
    });

    it('leaves the replicas as they are when only the annotation goes', async () => {
      await world.add('web', 3);
      await scaled('web', { held: 3 });
      await scaled('web', { held: null });
      expect(await find('web')).to.deep.include({ replicas: 3, held: undefined });
    });

    it('does not write what somebody else has written since it was read', async () => {
      await world.add('web', 3);
      const read = await find('web');
      await world.alter('web');
      expect(await world.deployments.scale(read, { replicas: 0, held: 3 })).to.equal('changed');
      expect(await find('web')).to.deep.include({ replicas: 3, held: undefined });
    });

    it('says that it is gone when there is none to write', async () => {
      await world.add('web', 3);
      const gone = { ...(await find('web')), name: 'nobody' };
      expect(await world.deployments.scale(gone, { replicas: 0, held: 3 })).to.equal('gone');
    });
  });
}

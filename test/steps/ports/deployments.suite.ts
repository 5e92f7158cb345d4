import { expect } from 'chai';
import type { Deployment, Deployments } from '../../../src/steps/ports/deployments.ts';

export interface DeploymentsWorld {
  readonly deployments: Deployments;
  readonly namespace: string;
  /** A Deployment in that namespace; nothing else there is held. */
  add(name: string, replicas: number): Promise<void>;
  /** Another client writes it. */
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
    const scaled = async (wanted: string, replicas: number): Promise<void> => {
      for (let attempt = 0; attempt < 10; attempt++)
        if ((await world.deployments.scale(await find(wanted), replicas)) === 'written') return;
      throw new Error(`${wanted} was changed by others ten times in a row`);
    };
    const recordedHere = async (): Promise<readonly string[]> =>
      (await world.deployments.records())
        .filter(({ namespace }) => namespace === world.namespace)
        .map(({ name: one, replicas }) => `${one} ${replicas}`);

    it('shows how many are wanted, and that we hold nothing', async () => {
      await world.add('web', 3);
      expect(await find('web')).to.deep.include({ namespace: world.namespace, replicas: 3, held: undefined });
      expect(await recordedHere()).to.deep.equal([]);
    });

    it('knows none of a name that nobody has', async () => {
      expect(await world.deployments.deployment(world.namespace, 'nobody')).to.equal(undefined);
    });

    it('scales, and keeps the record apart from that', async () => {
      await world.add('web', 3);
      await scaled('web', 0);
      expect(await find('web')).to.deep.include({ replicas: 0, held: undefined });
      await scaled('web', 3);
      expect(await find('web')).to.deep.include({ replicas: 3, held: undefined });
    });

    it('records what each had, and takes the record away again', async () => {
      await world.add('web', 3);
      await world.add('api', 2);
      await world.deployments.record(await find('web'), 3);
      await world.deployments.record(await find('api'), 2);
      expect(await recordedHere()).to.deep.equal(['api 2', 'web 3']);
      expect(await find('web')).to.deep.include({ replicas: 3, held: 3 });
      await world.deployments.record(await find('web'), null);
      expect(await find('web')).to.deep.include({ replicas: 3, held: undefined });
      expect(await recordedHere()).to.deep.equal(['api 2']);
      await world.deployments.record(await find('api'), null);
    });

    it('does not write what somebody else has written since it was read', async () => {
      await world.add('web', 3);
      const read = await find('web');
      await world.alter('web');
      expect(await world.deployments.scale(read, 0)).to.equal('changed');
      expect(await find('web')).to.deep.include({ replicas: 3 });
    });

    it('says that it is gone when there is none to write', async () => {
      await world.add('web', 3);
      const gone = { ...(await find('web')), name: 'nobody' };
      expect(await world.deployments.scale(gone, 0)).to.equal('gone');
    });
  });
}

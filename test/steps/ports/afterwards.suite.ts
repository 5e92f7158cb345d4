import { expect } from 'chai';
import type { ApiServersPort, NamesPort } from '../../../src/steps/ports/health.ts';
import { valueOf } from './compatibility.suite.ts';

export interface AfterwardsWorld {
  readonly apiServers: ApiServersPort;
  readonly names: NamesPort;
  /** A name that has an address. */
  readonly name: string;
  end(): Promise<void>;
}

/** What every implementation promises of what is asked after an upgrade. */
export function describeAfterwards(name: string, make: () => Promise<AfterwardsWorld>): void {
  describe(`API servers and names (${name})`, () => {
    let world: AfterwardsWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('shows at least one API server, by its address, and nothing wrong with one that is well', async () => {
      const servers = valueOf(await world.apiServers.health());
      expect(servers).not.to.be.empty;
      for (const { server, trouble } of servers) {
        expect(server).to.match(/^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d+$/);
        expect(trouble, server).to.deep.equal([]);
      }
    });

    it('finds the addresses of a name', async () => {
      expect(valueOf(await world.names.resolve(world.name))).not.to.be.empty;
    });

    it('does not know a name that nobody has, and says so without throwing', async () => {
      const seen = await world.names.resolve('nobody.ports-test.invalid');
      expect(seen).to.have.property('known', false);
      expect(seen)
        .to.have.property('reason')
        .that.matches(/nobody\.ports-test\.invalid|ENOTFOUND|EAI_AGAIN/);
    });
  });
}

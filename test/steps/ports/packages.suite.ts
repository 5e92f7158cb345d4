import { expect } from 'chai';
import type { PackageRepository } from '../../../src/steps/ports/packages.ts';
import { formatKubeVersion } from '../../../src/upgrade/kubernetes/kube-version.ts';
import { failureOf } from '../../support/failure.ts';

export interface PackagesWorld {
  readonly packages: PackageRepository;
  /** A minor with these releases, published at this moment; without one, without a date. */
  offer(minor: string, versions: readonly string[], publishedAtMs?: number): void;
  end(): Promise<void>;
}

export function describePackages(name: string, make: () => Promise<PackagesWorld>): void {
  describe(`PackageRepository: ${name}`, () => {
    let world: PackagesWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());

    it('has the minors that it offers, and no other', async () => {
      world.offer('1.34', ['1.34.9']);
      expect([await world.packages.has('1.34'), await world.packages.has('1.35')]).to.deep.equal([true, false]);
    });

    it('names the releases of a minor', async () => {
      world.offer('1.34', ['1.34.9', '1.34.10']);
      expect((await world.packages.kubeadm('1.34')).map(({ version }) => formatKubeVersion(version))).to.deep.equal([
        '1.34.9',
        '1.34.10',
      ]);
    });

    it('never takes a minor that is not there for one without releases', async () => {
      expect(await failureOf(world.packages.kubeadm('1.35'))).to.have.property('exitCode', 75);
    });

    it('knows when a package was published, where that is known', async () => {
      const at = Date.UTC(2026, 10, 10, 12, 30);
      world.offer('1.34', ['1.34.9'], at);
      world.offer('1.35', ['1.35.0']);
      const dates = ['1.34', '1.35'].map(async (minor) => {
        const [release] = await world.packages.kubeadm(minor);
        return world.packages.publishedAtMs(minor, release?.file ?? '');
      });
      expect(await Promise.all(dates)).to.deep.equal([at, undefined]);
    });

    it('says where a minor is', () => {
      expect(world.packages.folderOf('1.34')).to.match(/^https?:\/\/.*\/v1\.34\/deb$/);
    });
  });
}

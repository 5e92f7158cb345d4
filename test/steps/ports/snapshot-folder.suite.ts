import { expect } from 'chai';
import type { SnapshotFolder } from '../../../src/steps/ports/snapshot-folder.ts';
import { failureOf } from '../../support/failure.ts';

export interface FolderWorld {
  readonly folder: SnapshotFolder;
  /** A file of four bytes. */
  add(name: string): Promise<void>;
  end(): Promise<void>;
}

export function describeSnapshotFolder(name: string, make: () => Promise<FolderWorld>): void {
  describe(`SnapshotFolder: ${name}`, () => {
    let world: FolderWorld;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.end());
    const names = async (): Promise<string[]> => (await world.folder.files()).map(({ name: each }) => each).sort();

    it('shows the files that are there, with their sizes', async () => {
      expect(await names()).to.deep.equal([]);
      await world.add('a.db');
      await world.add('b.db');
      expect(await names()).to.deep.equal(['a.db', 'b.db']);
      expect((await world.folder.files()).map(({ bytes }) => bytes)).to.deep.equal([4, 4]);
    });

    it('gives a file another name, whole', async () => {
      await world.add('a.db');
      await world.folder.publish('a.db', 'b.db');
      expect(await names()).to.deep.equal(['b.db']);
      expect((await world.folder.files())[0]?.bytes).to.equal(4);
    });

    it('refuses to name a file that is not there', async () => {
      const error = await failureOf(world.folder.publish('a.db', 'b.db'));
      expect(error).to.include({ exitCode: 77 });
      expect(error)
        .to.have.property('message')
        .that.matches(/^could not make b\.db of a\.db: /);
    });

    it('removes a file, and is content when it is gone', async () => {
      await world.add('a.db');
      await world.folder.remove('a.db');
      await world.folder.remove('a.db');
      expect(await names()).to.deep.equal([]);
    });
  });
}

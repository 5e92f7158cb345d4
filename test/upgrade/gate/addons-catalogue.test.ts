import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import type { Addon, MatrixRow } from '../../../src/upgrade/gate/addons/addon.ts';
import { parseDotted, compareDotted } from '../../../src/upgrade/kubernetes/dotted-version.ts';
import { ADDONS, REVIEWED_UP_TO } from '../../../src/upgrade/gate/addons/index.ts';
import { parseMinor, type Source } from '../../../src/upgrade/kubernetes/releases.ts';

const rowsOf = ({ matrix }: Addon): readonly MatrixRow[] => (typeof matrix === 'object' ? matrix : []);

describe('the addon catalogue', () => {
  it('has one file per addon, named like it', () => {
    const ours = new Set(['addon', 'dotted-version', 'find', 'image', 'index', 'judge', 'merge']);
    const files = readdirSync('src/upgrade/gate/addons').map((file) => file.replace(/\.ts$/, ''));
    expect(files.filter((file) => !ours.has(file)).sort()).to.deep.equal(ADDONS.map(({ name }) => name).sort());
  });

  it('claims no image twice', () => {
    const images = ADDONS.flatMap((addon) => addon.images);
    expect(images).to.deep.equal([...new Set(images)]);
  });

  it('has a source with its date for every row', () => {
    const sources: Source[] = ADDONS.flatMap((addon) => [
      addon.source,
      ...rowsOf(addon).map(({ source }) => source),
      ...(addon.retired === undefined ? [] : [addon.retired.source]),
    ]);
    for (const { url, date } of sources) {
      expect(url).to.match(/^https:\/\/[^ ]+$/);
      expect(date).to.match(/^\d{4}-\d{2}-\d{2}$/);
    }
    // @ts-expect-error A row without a source is not a row.
    const row: MatrixRow = { floor: '1.0', maximumKubernetes: '1.36' };
    expect(row.source).to.equal(undefined);
  });

  for (const addon of ADDONS)
    it(`${addon.name}: floors that rise, ranges that are ranges, no ceiling beyond the review`, () => {
      const rows = rowsOf(addon);
      rows.slice(1).forEach((row, place) => {
        const before = rows[place]?.floor ?? '';
        expect(compareDotted(parseDotted(row.floor), parseDotted(before)), row.floor).to.be.greaterThan(0);
      });
      for (const { minimumKubernetes: low, maximumKubernetes: high } of rows) {
        if (high === 'none-published' || high === 'not-reviewed') continue;
        expect(parseMinor(high)).to.be.at.least(parseMinor(low ?? high));
        expect(parseMinor(high)).to.be.at.most(parseMinor(REVIEWED_UP_TO));
      }
    });
});

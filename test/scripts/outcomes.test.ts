import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { fieldFaultsPage } from '../../scripts/docs/field-faults.ts';
import { FIELD_FAULTS } from '../../scripts/docs/field/faults.ts';
import type { Outcome } from '../../scripts/docs/outcomes.ts';
import { SECURITY_FINDINGS } from '../../scripts/docs/security/findings.ts';

const TESTS = resolve(import.meta.dirname, '..');

const PAGES: Readonly<Record<string, readonly { readonly id: string; readonly outcome?: Outcome }[]>> = {
  'findings of the security review': SECURITY_FINDINGS,
  'faults from the field': FIELD_FAULTS,
};

for (const [page, rows] of Object.entries(PAGES))
  describe(page, () => {
    it('have one row each', () => {
      const ids = rows.map(({ id }) => id);
      expect(ids).to.deep.equal([...new Set(ids)]);
    });

    for (const { id, outcome } of rows) {
      if (outcome === undefined || 'stays' in outcome) continue;
      it(`${id}: names tests that exist`, () => {
        expect(outcome.tests, id).not.to.be.empty;
        for (const { file, title } of outcome.tests) {
          const path = join(TESTS, file);
          expect(existsSync(path), file).to.equal(true);
          expect(readFileSync(path, 'utf8'), file).to.contain(title);
        }
      });
    }
  });

describe('docs/field.md', () => {
  const SITUATION = 'A situation.';
  const page = (outcome?: Outcome): string =>
    fieldFaultsPage([
      { id: 'X1', situation: SITUATION, source: 'https://github.com/a/b/issues/7', ...(outcome && { outcome }) },
    ]);

  it('says that a fault is open, stays or is mended, with a link to the report', () => {
    const cells = `| X1 | ${SITUATION} | [a/b#7](https://github.com/a/b/issues/7) |`;
    expect(page()).to.contain(`${cells} Open. |  |`);
    expect(page({ stays: 'Reason.' })).to.contain(`${cells} Stays: Reason. |  |`);
    expect(page({ mended: 'Done.', tests: [{ file: 'a.test.ts', title: 'does' }] })).to.contain(
      `${cells} Done. | \`test/a.test.ts\`: does |`,
    );
  });
});

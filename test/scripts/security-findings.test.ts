import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { SECURITY_FINDINGS } from '../../scripts/docs/security/findings.ts';

const TESTS = resolve(import.meta.dirname, '..');

describe('findings of the security review', () => {
  for (const { id, outcome } of SECURITY_FINDINGS) {
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

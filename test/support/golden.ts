import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';

/**
 * A text that is compared whole with a committed file. After an intended change, write it again and review the
 * difference like code: `UPDATE_GOLDEN=1 npx mocha <test file>`.
 */
export function expectGolden(file: URL, text: string): void {
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, text);
  }
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
  expect(text, `${file.pathname} is stale; when the change is meant: UPDATE_GOLDEN=1`).to.equal(golden);
}

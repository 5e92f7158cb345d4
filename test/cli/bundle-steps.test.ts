import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../src/cli/bundle-steps.ts';
import { EXIT } from '../../src/contract/exit-code.ts';

/** Both talk to the API server, and doctor has most adapters. */
const STEPS = ['drain', 'doctor'];

describe('the bundle of a step', function () {
  this.timeout(60_000);
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bundles-'));
    await bundle(STEPS, folder);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  for (const step of STEPS) {
    it(`of ${step} has none of the generated classes of client-node`, () => {
      const code = readFileSync(join(folder, `${step}.cjs`), 'utf8');
      expect(code).to.include('KubeConfig');
      expect(code).to.not.match(/attributeTypeMap|ObjectSerializer|CoreV1Api/);
    });

    it(`of ${step} is a program that runs`, () => {
      const { status, stderr } = spawnSync(process.execPath, [join(folder, `${step}.cjs`)], { encoding: 'utf8' });
      expect(stderr).to.not.match(/ReferenceError|TypeError|SyntaxError/);
      expect(status).to.equal(EXIT.BadInput);
    });
  }
});

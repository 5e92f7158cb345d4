import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// mocha adds `spec` to the files on the command line, so `spec` is set only where no file is named: `npx mocha test/docs.test.ts` runs one file.
const namesFiles = process.argv.slice(2).some((arg) => /\.test\.ts$|^test\//.test(arg));
const isLong = process.env.TEST_LONG === '1';

/** The files that take longest. A worker starts with them, so that no other worker waits for it at the end. */
const FIRST = [
  'test/upgrade/prepare/real-apt.test.ts',
  'test/contract/rights.test.ts',
  'test/regexes.test.ts',
  'test/synth/settings.test.ts',
  'test/synth/main.test.ts',
  'test/steps/runtime/run-step.test.ts',
];

/** `npm run test:long` runs the files that try more then. */
const triesMore = (file) => /from '(\.\.?\/)+support\/long\.ts'/.test(readFileSync(file, 'utf8'));

function files() {
  const all = globSync('test/**/*.test.ts').sort();
  const wanted = isLong ? all.filter(triesMore) : all;
  return [...wanted.filter((file) => FIRST.includes(file)), ...wanted.filter((file) => !FIRST.includes(file))];
}

export default {
  ...(namesFiles ? {} : { spec: files(), parallel: true, jobs: availableParallelism() }),
  timeout: 600_000,
  'forbid-only': true,
  'forbid-pending': true,
};

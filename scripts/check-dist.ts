// Says whether dist/ is current: renders it anew, then asks git what is not committed as it is.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** What a command printed; when it fails, the process ends as the command did. */
function run(program: string, ...args: string[]): string {
  const { status, stdout, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === 0) return stdout;
  process.stderr.write(
    `dist/ was not checked: ${error?.message ?? `${program} ended with exit code ${status ?? 'none'}`}\n`,
  );
  process.exit(status ?? 1);
}

run(process.execPath, '--import', 'tsx', join(root, 'src/synth/main.ts'));
// Not `git diff`, which overlooks files that git does not know yet.
const stale = run('git', 'status', '--porcelain', '--untracked-files=all', '--', 'dist');
if (stale === '') {
  process.stdout.write('dist/ is current.\n');
} else {
  process.stderr.write(
    `${stale}dist/ was not current; it is now. Review these files and commit them (by hand: npm run synth).\n`,
  );
  process.exitCode = 1;
}

// login-prober.mjs RESULT-FILE ADDRESS...
// Logs in to every address each second, with the SSH key that the Secret of the pipeline holds at that moment. Writes {"asked",
// "failed", "failures"} to the file.
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [file, ...addresses] = process.argv.slice(2);
const run = promisify(execFile);
const key = join(mkdtempSync(join(tmpdir(), 'login-')), 'key');
const result = { asked: 0, failed: 0, failures: [] };
const OPTIONS = [
  'BatchMode=yes',
  'IdentitiesOnly=yes',
  'StrictHostKeyChecking=no',
  'UserKnownHostsFile=/dev/null',
  'ConnectTimeout=5',
];

async function logIn(address) {
  result.asked += 1;
  try {
    await run('ssh', ['-q', '-i', key, ...OPTIONS.flatMap((option) => ['-o', option]), `root@${address}`, 'true']);
  } catch (error) {
    result.failed += 1;
    result.failures.push(`${new Date().toISOString()} ${address}: ${error.message.split('\n')[0]}`);
  }
}

for (;;) {
  const path = 'jsonpath={.data.ssh_key}';
  const { stdout } = await run('kubectl', ['get', 'secret', 'k8s-upgrade-creds', '-n', 'k8s-upgrade', '-o', path]);
  writeFileSync(key, Buffer.from(stdout, 'base64'), { mode: 0o600 });
  await Promise.all(addresses.map(logIn));
  writeFileSync(file, JSON.stringify(result));
  await new Promise((wake) => setTimeout(wake, 1000));
}

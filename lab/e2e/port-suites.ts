import { run } from '../campaign/commands.ts';
import type { CampaignRecord } from '../campaign/record.ts';

/** The suites that every port's fake passes in `npm test`, here against the real API server and the real sshd. */
export async function portSuites(record: CampaignRecord): Promise<void> {
  const { exitCode, stdout, stderr } = await run('lab/in-lab.sh', ['npx', 'mocha', '--spec', 'test/steps/ports/cluster.lab.ts', '--reporter', 'dot']);
  const passing = /(\d+) passing/.exec(stdout)?.[1] ?? '0';
  record.check(
    "the adapters pass the ports' shared suites against the real API server and sshd",
    'all pass',
    exitCode === 0 && passing !== '0' ? 'all pass' : `exit ${exitCode}: ${`${stdout}${stderr}`.slice(-3000)}`,
  );
  record.note(`Shared port suites: ${passing} passing.`);
}

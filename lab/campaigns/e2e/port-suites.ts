import { tryInLab } from '../../kit/commands.ts';
import { check, note } from '../../kit/record.ts';

/** Any machine with a real sshd will do; this one is not the one that everything else talks to. */
const SUITES = `
  export LAB_SSH_HOST=10.210.0.21 LAB_SSH_KEY="$(dirname "$KUBECONFIG")/ssh_key"
  exec node_modules/.bin/node node_modules/.bin/mocha --config lab/campaigns/e2e/port-suites.mocharc.json --reporter dot`;

/** The suites that every port's fake passes in `npm test`, here against the real API server and the real sshd. */
export async function portSuites(): Promise<void> {
  const { exitCode, stdout, stderr } = await tryInLab('bash', '-c', SUITES);
  const passing = Number(/(\d+) passing/.exec(stdout)?.[1] ?? 0);
  const seen = exitCode === 0 && passing > 0 ? 'all pass' : `exit ${exitCode}: ${`${stdout}${stderr}`.slice(-3000)}`;
  check("the adapters pass the ports' shared suites against the real API server and sshd", 'all pass', seen);
  note(`Shared port suites: ${passing} passing.`);
}

import { REPOSITORY, SWITCH } from '../../kit/cluster.ts';
import { tryInLab } from '../../kit/commands.ts';
import { Daemon, server, withDaemon } from '../../kit/daemons.ts';
import { check, noteLines } from '../../kit/record.ts';
import { stepByHand } from '../../kit/step-by-hand.ts';
import { NEXT, SETTINGS } from './cluster.ts';

/** What an operator runs from a checkout, with a kubeconfig and the key of the nodes. */
export async function stepsByHand(): Promise<void> {
  await show('gate', `--target ${NEXT} --lookback-hours 0`, 'gateVerdict: clear');
  await show('detect', `--repository ${REPOSITORY}`, 'verdict: upgrade');
}

async function show(step: string, flags: string, verdict: string): Promise<void> {
  const script = `run="$(dirname "$KUBECONFIG")"; exec npm run -s step -- ${step} --kubeconfig "$KUBECONFIG" --ssh-key-dir "$run" ${flags}`;
  const { exitCode, stdout, stderr } = await tryInLab('bash', '-c', script);
  const lines = stdout.split('\n');
  const seen = lines.includes(verdict) ? verdict : `exit ${exitCode}: ${stdout}${stderr}`;
  check(`npm run step -- ${step} ${flags}`, verdict, seen, exitCode === 0 && seen === verdict);
  noteLines(lines.filter((line) => line !== ''));
}

const FAULTY = `http://${SWITCH}:8090`;

/** What detection makes of a repository in every state that one may be met in. A fault never reads as "nothing newer". */
export const repositoryStates = (): Promise<void> =>
  withDaemon(
    () => Daemon.start(server('faulty-repository.mjs', FAULTY, REPOSITORY), `${FAULTY}/empty/`),
    async () => {
      for (const [state, expected] of STATES) {
        const repository = { PACKAGE_SOURCE: 'repository', REPOSITORY: `${FAULTY}/${state}` };
        const step = await stepByHand(SETTINGS.folder, 'detect', { ...repository, PUSHGATEWAY_URL: '' });
        const { verdict = '', target = '' } = step.outputs;
        const seen = step.exitCode === 0 ? `${verdict} ${target}`.trim() : `exit ${step.exitCode}`;
        check(`a repository that answers with: ${state}`, expected, seen);
        noteLines(step.log.trim().split('\n').slice(-1));
      }
    },
  );

const STATES: readonly (readonly [string, string])[] = [
  ['redirects', 'upgrade 1.34.10'],
  ['endless', 'exit 75'],
  ['empty', 'exit 75'],
  ['garbage', 'exit 75'],
  ['broken', 'exit 75'],
  ['others', 'exit 75'],
  ['ordering', 'upgrade 1.33.14'],
];

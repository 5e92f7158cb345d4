import { Daemon } from '../../kit/daemon.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { stepByHand } from '../../kit/step-by-hand.ts';
import { REPO } from '../../kit/commands.ts';
import { CLUSTER } from './cluster.ts';

const FAULTY = 'http://10.210.0.1:8090';
const GOOD = 'http://10.210.0.1:8080/core:/stable:';

/** What detection makes of a repository in every state that one may be met in. A fault never reads as "nothing newer". */
export async function repositoryStates(record: CampaignRecord): Promise<void> {
  const server = await Daemon.start(
    ['node', `${REPO}/lab/servers/faulty-repository.mjs`, '10.210.0.1', '8090', GOOD],
    `${FAULTY}/empty/`,
  );
  try {
    for (const [state, expected] of STATES) {
      const { exitCode, outputs, log } = await stepByHand(CLUSTER, 'detect', {
        PACKAGE_SOURCE: 'repository',
        REPOSITORY: `${FAULTY}/${state}`,
        PUSHGATEWAY_URL: '',
      });
      const seen =
        exitCode === 0 ? `${outputs['verdict'] ?? ''} ${outputs['target'] ?? ''}`.trim() : `exit ${exitCode}`;
      record.check(`a repository that answers with: ${state}`, expected, seen);
      record.note(`  ${log.trim().split('\n').at(-1) ?? ''}`);
    }
  } finally {
    await server.stop();
  }
}

const STATES: readonly (readonly [string, string])[] = [
  ['redirects', 'upgrade 1.34.10'],
  ['endless', 'exit 75'],
  ['empty', 'exit 75'],
  ['garbage', 'exit 75'],
  ['broken', 'exit 75'],
  ['others', 'exit 75'],
  ['ordering', 'upgrade 1.33.14'],
];

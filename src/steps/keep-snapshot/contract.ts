import { optional, seconds, text } from '../../contract/param.ts';
import { constant, derived, from, input } from '../../contract/from-settings.ts';
import { builtIn, snapshot } from '../../settings/snapshot.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

/** Where the containers of the CronJob see the folder of the snapshots. */
export const FOLDER = '/backup';
/** Beyond the deadline of a Job, until none of its containers writes any more. */
const GRACE_SECONDS = 600;

export const keepSnapshot = defineStep({
  name: 'keep-snapshot',
  summary:
    'Gives a snapshot of etcd that was verified its name, removes the oldest ones, and says where it is; or makes room before one is saved.',
  inputs: {
    node: text({ doc: 'Node on which the snapshot is.', example: 'cp-1' }),
    folder: constant(text({ doc: 'Folder of the snapshots, as the container sees it.', example: '/backup' }), FOLDER),
    hostFolder: input(builtIn, 'directory'),
    incoming: optional(
      text({
        doc: 'File in it that was saved and verified; empty before one is: then only what died Jobs have left goes.',
        example: 'incoming-backup-28374650-x7k2p.db',
      }),
    ),
    staleSeconds: derived(
      seconds({ doc: 'A file that no Job has finished by then is left behind.', example: '1200' }),
      ({ snapshot }) => snapshot.timeoutSeconds + GRACE_SECONDS,
    ),
    ...from(snapshot, 'minimumBytes'),
    ...from(builtIn, 'keep'),
  },
  outputs: {},
  access: [],
  ssh: false,
  backup: true,
  deadline: { seconds: 300 },
});

export type KeepSnapshotInput = Pick<
  InputOf<typeof keepSnapshot>,
  'node' | 'hostFolder' | 'incoming' | 'staleSeconds' | 'minimumBytes' | 'keep'
>;

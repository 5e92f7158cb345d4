import { count, optional, seconds, text } from '../../contract/param.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const keepSnapshot = defineStep({
  name: 'keep-snapshot',
  summary:
    'Gives a snapshot of etcd that was verified its name, removes the oldest ones, and says where it is; or makes room before one is saved.',
  inputs: {
    node: text({ doc: 'Node on which the snapshot is.', example: 'cp-1' }),
    folder: text({ doc: 'Folder of the snapshots, as the container sees it.', example: '/backup' }),
    hostFolder: text({ doc: 'The same folder, as the node sees it.', example: '/var/lib/k8s-upgrade-etcd-backup' }),
    incoming: optional(
      text({
        doc: 'File in it that was saved and verified; empty before one is: then only what died Jobs have left goes.',
        example: 'incoming-backup-28374650-x7k2p.db',
      }),
    ),
    staleSeconds: seconds({ doc: 'A file that no Job has finished by then is left behind.', example: '1200' }),
    minimumBytes: count({ doc: 'A smaller snapshot is none.', example: '1024' }),
    keep: count({ doc: 'How many snapshots stay on the node, this one included.', example: '7' }),
  },
  outputs: {},
  access: [],
  ssh: false,
  backup: true,
  deadline: { seconds: 300 },
});

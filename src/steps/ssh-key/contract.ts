import { readKillSwitch, readLease, listNodes, listStaticPods, rememberHostKeys } from '../../contract/access.ts';
import { oneOf, optional, text } from '../../contract/param.ts';
import { sshInputs, type InputOf } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

const publicKey = (doc: string) => text({ doc, example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…' });

export const sshKey = defineStep({
  name: 'ssh-key',
  summary: 'Lets the next SSH key of the pipeline in on every node beside the present one, or the old one no longer.',
  inputs: {
    ...sshInputs,
    action: oneOf(['add', 'remove'], {
      doc: 'add: add the next key to every node. remove: remove the old key after the Secret has the new key.',
      example: 'add',
    }),
    oldPublic: optional(publicKey('The old public key; only to remove it.')),
    newPublic: optional(publicKey('The public key that takes its place; only to remove the old one.')),
  },
  outputs: {
    oldPublic: publicKey('The public key that goes.'),
    newPublic: publicKey('The public key that comes.'),
    result: text({ doc: 'Result of a successful run.', example: 'Every node lets in the new key.' }),
  },
  access: [listNodes, listStaticPods, rememberHostKeys, readLease, readKillSwitch],
  ssh: true,
  sshNext: true,
  // One node after the other.
  deadline: { seconds: 3600 },
});

export type SshKeyInput = Pick<InputOf<typeof sshKey>, 'action' | 'oldPublic' | 'newPublic'>;

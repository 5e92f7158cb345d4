import { readKillSwitch, readLease } from '../../contract/access.ts';
import { oneOf, text } from '../../contract/param.ts';
import { input } from '../../contract/from-settings.ts';
import { secrets } from '../../settings/secrets.ts';
import type { InputOf } from '../../contract/run-context.ts';
import { defineStep, SECRET_BY_SETTING } from '../../contract/step-contract.ts';

const publicKey = (doc: string) => text({ doc, example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…' });

export const switchSshKey = defineStep({
  name: 'switch-ssh-key',
  summary: 'Puts the next SSH key into the Secret that every step logs in with, or says that the operator is to do it.',
  inputs: {
    by: oneOf(['operator', 'workflow'], {
      doc: 'operator: the operator replaces the key at the source of the Secret. workflow: this step replaces it in the Secret, which no other client writes.',
      example: 'operator',
    }),
    secretName: input(secrets, 'name'),
    oldPublic: publicKey('The public key that it holds.'),
    newPublic: publicKey('The public key that it is to hold.'),
  },
  outputs: {},
  access: [
    readLease,
    readKillSwitch,
    { apiGroup: '', resources: ['secrets'], verbs: ['get', 'patch'], names: [SECRET_BY_SETTING], scope: 'namespace' },
  ],
  // It logs in to no node. Its pod gets the next key, which it writes to the Secret, and no network access to sshd.
  ssh: false,
  sshNext: true,
  deadline: { seconds: 900 },
});

export type SwitchSshKeyInput = Pick<InputOf<typeof switchSshKey>, 'secretName' | 'oldPublic' | 'newPublic'>;

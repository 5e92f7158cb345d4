import { listNodes, listStaticPods, rememberHostKeys } from '../../contract/access.ts';
import { oneOf, text } from '../../contract/param.ts';
import { sshInputs, type InputOf } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const proveSshKey = defineStep({
  name: 'prove-ssh-key',
  summary:
    'Says whether the key that this very pod was started with is the one expected, and logs in on every node by it.',
  inputs: {
    ...sshInputs,
    which: oneOf(['present', 'next'], {
      doc: 'present: of the Secret that every step logs in with. next: of the one made for the rotation.',
      example: 'present',
    }),
    expected: text({ doc: 'The public key that it must be.', example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…' }),
    otherwise: oneOf(['wait', 'refuse'], {
      doc: 'When it is another one. wait: another pod looks later. refuse: somebody has put it back.',
      example: 'wait',
    }),
  },
  outputs: {},
  access: [listNodes, listStaticPods, rememberHostKeys],
  ssh: true,
  sshNext: true,
  deadline: { seconds: 3600 },
});

export type ProveSshKeyInput = Pick<InputOf<typeof proveSshKey>, 'expected' | 'otherwise'>;

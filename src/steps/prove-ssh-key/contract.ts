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
      doc: 'present: the key of the Secret that every step logs in with. next: the key of the Secret for the rotation.',
      example: 'present',
    }),
    expected: text({ doc: 'The public key that it must be.', example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…' }),
    otherwise: oneOf(['wait', 'refuse'], {
      doc: 'When the pod has another key. wait: a later pod checks again. refuse: the step fails.',
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

import { readNodes, readPods, rememberHostKeys } from '../../contract/access.ts';
import { kubeVersion, list, oneOf, optional, seconds, text } from '../../contract/param.ts';
import { packageInputs, sshInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const detect = defineStep({
  name: 'detect',
  summary: 'Finds out which version the cluster runs and which one it should go to.',
  inputs: {
    ...sshInputs,
    sourceFile: packageInputs.sourceFile,
    requestedTarget: optional(
      kubeVersion({ doc: 'Version asked for by hand; empty to look for the newest.', example: '1.34.10' }),
    ),
    patchPolicy: oneOf(['auto', 'off'], { doc: 'Whether newer patches are taken.', example: 'auto' }),
    skipVersions: list({ doc: 'Versions never taken, exact, separated by commas.', example: '1.34.8' }),
    packagesTimeoutSeconds: seconds({ doc: 'How long refreshing the package list may take.', example: '300' }),
  },
  outputs: {
    verdict: oneOf(['upgrade', 'none', 'refused'], {
      doc: 'upgrade: there is something to do. none: nothing newer. refused: the target asked for is not possible.',
      example: 'upgrade',
    }),
    target: optional(kubeVersion({ doc: 'Where to go; empty unless the verdict is upgrade.', example: '1.34.10' })),
    kind: oneOf(['patch', 'minor', 'none'], { doc: 'How far the hop is.', example: 'patch' }),
    running: kubeVersion({ doc: 'The oldest kubelet version over all nodes.', example: '1.34.9' }),
    reason: text({ doc: 'The verdict in a sentence.', example: 'v1.34.10 is the newest patch of 1.34.' }),
  },
  access: [readNodes, readPods, rememberHostKeys],
  ssh: true,
  deadline: { seconds: 300, plus: ['packagesTimeoutSeconds', 'sshConnectTimeoutSeconds'] },
});

import {
  getQuiesced,
  listNodes,
  listStaticPods,
  readApiServers,
  readRunState,
  rememberHostKeys,
} from '../../contract/access.ts';
import { count, kubeVersion, list, oneOf, optional, seconds, text } from '../../contract/param.ts';
import {
  metricsInputs,
  packageInputs,
  quiesceInputs,
  repositoryInputs,
  sshInputs,
} from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';
import { MINOR_POLICIES, PATCH_POLICIES } from '../../upgrade/kubernetes/version-choice.ts';

export const detect = defineStep({
  name: 'detect',
  summary: 'Finds out which version the cluster runs and which one it should go to.',
  inputs: {
    ...sshInputs,
    ...metricsInputs,
    ...repositoryInputs,
    ...quiesceInputs,
    sourceFile: packageInputs.sourceFile,
    packageSource: oneOf(['node', 'repository'], {
      doc: 'Who is asked for patches of the running minor: apt on the first control-plane node, or the repository.',
      example: 'node',
    }),
    requestedTarget: optional(
      kubeVersion({ doc: 'Version asked for by hand; empty to look for the newest.', example: '1.34.10' }),
    ),
    patchPolicy: oneOf(PATCH_POLICIES, { doc: 'Whether newer patches are taken.', example: 'auto' }),
    minorPolicy: oneOf(MINOR_POLICIES, {
      doc: 'Whether the next minor is taken, shown only (approve), or not even looked for (off).',
      example: 'auto',
    }),
    skipVersions: list({ doc: 'Versions never taken, exact, separated by commas.', example: '1.34.8' }),
    minimumReleaseAgeDays: count({ doc: 'How old a release must be to be taken; 0 for any age.', example: '0' }),
    packagesTimeoutSeconds: seconds({ doc: 'How long refreshing the package list may take.', example: '300' }),
  },
  outputs: {
    verdict: oneOf(['upgrade', 'none', 'held', 'refused'], {
      doc: 'upgrade: there is something to do. none: nothing newer. held: something newer, which somebody has to approve. refused: what was asked for, or the state of the cluster, allows no upgrade.',
      example: 'upgrade',
    }),
    target: optional(
      kubeVersion({ doc: 'Where to go, or what is held; empty when there is nothing.', example: '1.34.10' }),
    ),
    kind: oneOf(['patch', 'minor', 'none'], { doc: 'How far the hop is.', example: 'patch' }),
    running: kubeVersion({ doc: 'The oldest kubelet version over all nodes.', example: '1.34.9' }),
    endOfLife: optional(
      text({ doc: 'Until when the running minor gets patches; empty where no date is known.', example: '2026-10-27' }),
    ),
    reason: text({ doc: 'The verdict in a sentence.', example: 'v1.34.10 is the newest patch of 1.34.' }),
  },
  access: [
    listNodes,
    listStaticPods,
    readApiServers,
    getQuiesced,
    { ...readRunState, when: ['quiesce'] },
    { ...rememberHostKeys, when: ['learned-host-keys', 'packages-from-node'] },
  ],
  ssh: true,
  repository: true,
  deadline: { seconds: 600, plus: ['packagesTimeoutSeconds', 'sshConnectTimeoutSeconds'] },
});

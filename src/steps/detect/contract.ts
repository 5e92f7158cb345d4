import {
  getQuiesced,
  listNodes,
  listStaticPods,
  readApiServers,
  readRunState,
  rememberHostKeys,
} from '../../contract/access.ts';
import { kubeVersion, oneOf, optional, seconds, text } from '../../contract/param.ts';
import { metricsInputs, quiesceInputs, repositoryInputs, sshInputs, type InputOf } from '../../contract/run-context.ts';
import { constant, from, input } from '../../contract/from-settings.ts';
import { packages } from '../../settings/packages.ts';
import { policy } from '../../settings/policy.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const detect = defineStep({
  name: 'detect',
  summary: 'Finds out which version the cluster runs and which one it should go to.',
  inputs: {
    ...sshInputs,
    ...metricsInputs,
    ...repositoryInputs,
    ...quiesceInputs,
    ...from(packages, 'sourceFile'),
    packageSource: input(packages, 'source'),
    requestedTarget: optional(
      kubeVersion({ doc: 'Requested version. Empty: the newest that the policy allows.', example: '1.34.10' }),
    ),
    patchPolicy: input(policy, 'patch'),
    minorPolicy: input(policy, 'minor'),
    ...from(policy, 'skipVersions', 'minimumReleaseAgeDays'),
    // Long enough for one apt list from a slow mirror.
    packagesTimeoutSeconds: constant(
      seconds({ doc: 'Time limit in seconds for refreshing the package list.', example: '300' }),
      300,
    ),
  },
  outputs: {
    verdict: oneOf(['upgrade', 'none', 'held', 'refused'], {
      doc: 'upgrade: the run upgrades to the target. none: no newer version. held: an operator must approve the target. refused: the requested version or the state of the cluster allows no upgrade.',
      example: 'upgrade',
    }),
    target: optional(
      kubeVersion({
        doc: 'Target of the upgrade, or the version that is held. Empty when there is none.',
        example: '1.34.10',
      }),
    ),
    kind: oneOf(['patch', 'minor', 'none'], { doc: 'Whether the upgrade is a patch or a minor.', example: 'patch' }),
    running: kubeVersion({ doc: 'The oldest kubelet version over all nodes.', example: '1.34.9' }),
    endOfLife: optional(
      text({ doc: 'Last day of patches for the running minor. Empty when no date is known.', example: '2026-10-27' }),
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

export type DetectInput = Pick<
  InputOf<typeof detect>,
  'requestedTarget' | 'packageSource' | 'patchPolicy' | 'minorPolicy' | 'skipVersions' | 'minimumReleaseAgeDays'
>;

export type PackageSourceInput = Pick<InputOf<typeof detect>, 'sourceFile' | 'packagesTimeoutSeconds'>;

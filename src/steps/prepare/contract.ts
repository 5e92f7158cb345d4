import { readLease, readMarks, listNodes, listStaticPods, rememberHostKeys } from '../../contract/access.ts';
import { nodeTasks } from '../../contract/node-tasks.ts';
import { kubeVersion, seconds } from '../../contract/param.ts';
import {
  INSTALL_SECONDS,
  metricsInputs,
  packageInputs,
  sshInputs,
  type InputOf,
  type RunContext,
} from '../../contract/run-context.ts';
import { constant, from, input } from '../../contract/from-settings.ts';
import { kubeadm } from '../../settings/kubeadm.ts';
import { minimumFreeDisk } from '../../settings/nodes.ts';
import { prepare as settings } from '../../settings/prepare.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const prepare = defineStep({
  name: 'prepare',
  summary:
    'Logs in to every node to do, before any is drained: packages that verify are fetched, images pulled, nothing is installed.',
  inputs: {
    ...metricsInputs,
    ...sshInputs,
    ...packageInputs,
    target: kubeVersion({ doc: 'Version that the nodes go to.', example: '1.34.10' }),
    controlPlanes: nodeTasks('Control-plane nodes to do.'),
    workers: nodeTasks('Workers to do.'),
    ...from(settings, 'images'),
    ...from(kubeadm, 'ignorePreflightErrors', 'skipPhases'),
    minimumFreeRootMiB: input(minimumFreeDisk, 'rootMiB'),
    minimumFreeVarLibMiB: input(minimumFreeDisk, 'varLibMiB'),
    packagesTimeoutSeconds: constant(
      seconds({ doc: 'Time limit in seconds for fetching the packages of one node.', example: '1500' }),
      INSTALL_SECONDS,
    ),
    // Long enough for the seven images of a control-plane node over a slow network.
    imagesTimeoutSeconds: constant(
      seconds({ doc: 'Time limit in seconds for pulling the images of one node.', example: '1800' }),
      1800,
    ),
    // For all nodes, five at a time. The next attempt resumes where this one ended.
    patienceSeconds: constant(
      seconds({ doc: 'Seconds after which the preparation of no further node starts.', example: '3600' }),
      3600,
    ),
  },
  outputs: {},
  access: [
    listNodes,
    listStaticPods,
    rememberHostKeys,
    readLease,
    ...readMarks,
    {
      apiGroup: '',
      resources: ['configmaps'],
      verbs: ['get'],
      names: ['kubeadm-config'],
      scope: 'kube-system',
      when: ['images-prepared'],
    },
  ],
  ssh: true,
  // An hour of waiting for an earlier run, and 900 s for the logins.
  deadline: { seconds: 4500, plus: ['patienceSeconds', 'packagesTimeoutSeconds', 'imagesTimeoutSeconds'] },
});

export type PrepareInput = Omit<
  InputOf<typeof prepare>,
  keyof RunContext | keyof typeof metricsInputs | keyof typeof sshInputs
>;

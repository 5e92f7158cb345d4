import { readLease, readMarks, listNodes, listStaticPods, rememberHostKeys } from '../../contract/access.ts';
import { nodeTasks } from '../../contract/node-tasks.ts';
import { count, kubeVersion, list, oneOf, seconds } from '../../contract/param.ts';
import { metricsInputs, packageInputs, sshInputs } from '../../contract/run-context.ts';
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
    images: oneOf(['pull', 'check', 'off'], {
      doc: 'pull: missing images are pulled. check: they are named and stop the run. off: nobody looks.',
      example: 'pull',
    }),
    ignorePreflightErrors: list({ doc: 'kubeadm preflight checks that only warn.', example: 'CoreDNSMigration' }),
    skipPhases: list({ doc: 'kubeadm phases that are left out.', example: 'addon/coredns' }),
    minimumFreeRootMiB: count({ doc: 'How many MiB must be free on /.', example: '512' }),
    minimumFreeVarLibMiB: count({ doc: 'How many MiB must be free on /var/lib and below.', example: '2048' }),
    packagesTimeoutSeconds: seconds({ doc: 'How long fetching the packages of one node may take.', example: '1500' }),
    imagesTimeoutSeconds: seconds({ doc: 'How long pulling the images of one node may take.', example: '1800' }),
    patienceSeconds: seconds({ doc: 'After how long no further node is begun.', example: '3600' }),
  },
  outputs: {},
  access: [
    listNodes,
    listStaticPods,
    rememberHostKeys,
    readLease,
    ...readMarks,
    {
      ...{ apiGroup: '', resources: ['configmaps'], verbs: ['get'], names: ['kubeadm-config'], scope: 'kube-system' },
      when: ['images-prepared'],
    },
  ],
  ssh: true,
  // An hour of waiting for an earlier run, and some for logging in.
  deadline: { seconds: 4500, plus: ['patienceSeconds', 'packagesTimeoutSeconds', 'imagesTimeoutSeconds'] },
});

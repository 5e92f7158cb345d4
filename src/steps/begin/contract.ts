import { readLease, replaceLease } from '../../contract/access.ts';
import { kubeVersion, seconds } from '../../contract/param.ts';
import { metricsInputs } from '../../contract/run-context.ts';
import { defineStep } from '../../contract/step-contract.ts';

export const begin = defineStep({
  name: 'begin',
  summary: 'Takes the Lease that lets this run change the cluster, and marks the upgrade as in flight.',
  inputs: {
    ...metricsInputs,
    target: kubeVersion({ doc: 'Version that the cluster goes to.', example: '1.34.10' }),
    handoverSeconds: seconds({ doc: 'How long to wait for the pods of an ended run to be gone.', example: '120' }),
  },
  outputs: {},
  access: [
    readLease,
    replaceLease,
    { apiGroup: 'coordination.k8s.io', resources: ['leases'], verbs: ['create'], scope: 'namespace' },
    { apiGroup: 'argoproj.io', resources: ['workflows'], verbs: ['get'], scope: 'namespace' },
    { apiGroup: '', resources: ['pods'], verbs: ['list'], scope: 'namespace' },
    { apiGroup: '', resources: ['namespaces'], verbs: ['get', 'patch'], names: ['k8s-upgrade'], scope: 'namespace' },
  ],
  ssh: false,
  deadline: { seconds: 900, plus: ['handoverSeconds'] },
});

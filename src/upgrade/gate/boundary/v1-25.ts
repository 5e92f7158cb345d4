import { flags, gates, GO_KUBERNETES, NOTHING, type Boundary } from './boundary.ts';

export const v1_25: Boundary = {
  ...NOTHING,
  target: '1.25',
  flags: [
    ...flags('kube-apiserver', GO_KUBERNETES, 'service-account-api-audiences'),
    ...flags(
      'kube-controller-manager',
      GO_KUBERNETES,
      'deleting-pods-qps',
      'deleting-pods-burst',
      'register-retry-count',
    ),
  ],
  gates: gates(
    GO_KUBERNETES,
    'CSIVolumeFSGroupPolicy',
    'ConfigurableFSGroupPolicy',
    'PodDisruptionBudget',
    'SelectorIndex',
  ),
  admissionPlugins: [{ plugin: 'PodSecurityPolicy', source: GO_KUBERNETES }],
};

import { changelog, gates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_30: Boundary = {
  ...NOTHING,
  target: '1.30',
  gates: gates(
    changelog('1.30'),
    'ExpandedDNSConfig',
    'ExperimentalHostUserNamespaceDefaultingGate',
    'IPTablesOwnershipCleanup',
    'KubeletPodResources',
    'KubeletPodResourcesGetAllocatable',
    'MinimizeIPTablesRestore',
    'ProxyTerminatingEndpoints',
    'RemoveSelfLink',
  ),
  admissionPlugins: [{ plugin: 'SecurityContextDeny', source: pull(122612) }],
};

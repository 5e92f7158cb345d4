import { changelog, gates, NOTHING, type Boundary } from './boundary.ts';

export const v1_28: Boundary = {
  ...NOTHING,
  target: '1.28',
  gates: gates(
    changelog('1.28'),
    'AdvancedAuditing',
    'DelegateFSGroupToCSIDriver',
    'DevicePlugins',
    'DisableAcceleratorUsageMetrics',
    'EndpointSliceTerminatingCondition',
    'CSIStorageCapacity',
    'CSIMigrationGCE',
    'KubeletCredentialProviders',
    'MixedProtocolLBService',
    'ServiceInternalTrafficPolicy',
    'ServiceIPStaticSubrange',
    'WindowsHostProcessContainers',
  ),
};

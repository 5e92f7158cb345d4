import { gates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_32: Boundary = {
  ...NOTHING,
  target: '1.32',
  gates: [
    ...gates(pull(126786), 'AllowServiceLBStatusOnNonLB'),
    ...gates(pull(126840), 'CloudDualStackNodeIPs'),
    ...gates(pull(128003), 'DRAControlPlaneController'),
    ...gates(pull(126862), 'HPAContainerMetrics'),
    ...gates(pull(126698), 'KMSv2', 'KMSv2KDF'),
    ...gates(pull(126839), 'LegacyServiceAccountTokenCleanUp'),
    ...gates(pull(126863), 'MinDomainsInPodTopologySpread'),
    ...gates(pull(126775), 'NewVolumeManagerReconstruction'),
    ...gates(pull(127019), 'NodeOutOfServiceVolumeDetach'),
    ...gates(pull(127058), 'ServerSideApply', 'ServerSideFieldValidation'),
    ...gates(pull(126841), 'StableLoadBalancerNodeSet'),
    ...gates(pull(126645), 'ValidatingAdmissionPolicy'),
    ...gates(pull(126894), 'ZeroLimitedNominalConcurrencyShares'),
  ],
};

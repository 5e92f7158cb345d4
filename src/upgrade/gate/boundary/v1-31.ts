import { changelog, flags, gates, NOTHING, pull, type Boundary } from './boundary.ts';

export const v1_31: Boundary = {
  ...NOTHING,
  target: '1.31',
  flags: [
    ...flags('kubelet', pull(122082), 'keep-terminated-pod-volumes'),
    ...flags('kubelet', pull(122363), 'iptables-masquerade-bit', 'iptables-drop-bit'),
    ...flags('kube-controller-manager', pull(124017), 'volume-host-cidr-denylist', 'volume-host-allow-local-loopback'),
    ...flags(
      'kube-controller-manager',
      pull(124948),
      'horizontal-pod-autoscaler-upscale-delay',
      'horizontal-pod-autoscaler-downscale-delay',
    ),
  ],
  gates: [
    ...gates(pull(125846), 'APIPriorityAndFairness'),
    ...gates(
      changelog('1.31'),
      'CSINodeExpandSecret',
      'ConsistentHTTPGetHandlers',
      'DefaultHostNetworkHostPortsInPodTemplates',
      'ServiceNodePortStaticSubrange',
      'SkipReadOnlyValidationGCE',
    ),
  ],
};

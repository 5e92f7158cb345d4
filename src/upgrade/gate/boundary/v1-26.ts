import { flags, gates, GO_KUBERNETES, NOTHING, type Boundary } from './boundary.ts';

export const v1_26: Boundary = {
  ...NOTHING,
  target: '1.26',
  flags: flags('kube-apiserver', GO_KUBERNETES, 'master-service-namespace'),
  gates: gates(GO_KUBERNETES, 'DynamicKubeletConfig'),
};

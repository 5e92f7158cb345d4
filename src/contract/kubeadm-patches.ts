import { optional, text } from './param.ts';

/** The setting `kubeadm.patches`. */
export const kubeadmPatches = optional(
  text({ doc: 'Directory on every node with patches for kubeadm; empty: none.', example: '/etc/kubernetes/patches' }),
);

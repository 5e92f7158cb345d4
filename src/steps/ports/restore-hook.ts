import type { Reading } from '../../upgrade/reading.ts';

/** What an operator wants to be run on a control-plane node once kubeadm has written its API server anew. */
export interface RestoreHook {
  /** Key `restore.sh` of ConfigMap `kube-system/apiserver-oidc-restore`; undefined where there is none. Never throws for a fault of the world. */
  restoreScript(): Promise<Reading<string | undefined>>;
}

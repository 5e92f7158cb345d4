import type { Reading } from '../../upgrade/reading.ts';
import type { HookScript } from '../../upgrade/host/restore-hook.ts';

/** What an operator wants to be run on a control-plane node after kubeadm has rewritten the manifest of its API server. */
export interface RestoreHook {
  /**
   * The script in the key `restore.sh` of a ConfigMap, `namespace/name`. It is not known where the ConfigMap or the key is
   * missing, or where the API server refuses. Never throws for a fault of the cluster.
   */
  script(configMap: string): Promise<Reading<HookScript>>;
}

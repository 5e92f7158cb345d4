import { restoreHook as settings } from '../settings/control-plane.ts';
import { sectionInput } from './from-settings.ts';

/** The script that runs on a control-plane node after kubeadm. Undefined: no script runs. */
export const restoreHook = sectionInput(settings, {
  doc: 'ConfigMap (namespace/name) with the script that runs as root on a control-plane node after kubeadm, and the SHA-256 of that script; empty for none.',
  example: `{"configMap":"kube-system/apiserver-oidc-restore","sha256":"${'0'.repeat(64)}"}`,
});

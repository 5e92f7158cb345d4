import type { HookSetting } from '../upgrade/host/restore-hook.ts';
import { json, optional, type Param } from './param.ts';

/** The setting `controlPlane.restoreHook`; undefined: nothing is run. */
export const restoreHook: Param<HookSetting | undefined> = optional(
  json(checkHook, {
    doc: 'ConfigMap (namespace/name) with the script that runs as root on a control-plane node after kubeadm, and the SHA-256 of that script; empty for none.',
    example: `{"configMap":"kube-system/apiserver-oidc-restore","sha256":"${'0'.repeat(64)}"}`,
  }),
);

function checkHook(value: unknown): HookSetting {
  const { configMap, sha256, ...rest } = Object(value) as Record<string, unknown>;
  const isWhole =
    typeof configMap === 'string' &&
    /^[a-z0-9-]+\/[a-z0-9.-]+$/.test(configMap) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Object.keys(rest).length === 0;
  if (!isWhole) throw new RangeError('{"configMap": "namespace/name", "sha256": 64 hexadecimal digits}');
  return { configMap, sha256 };
}

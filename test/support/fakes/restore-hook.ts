import { createHash } from 'node:crypto';
import type { RestoreHook } from '../../../src/steps/ports/restore-hook.ts';
import { known, notKnown, type Reading } from '../../../src/upgrade/reading.ts';
import type { HookScript, HookSetting } from '../../../src/upgrade/host/restore-hook.ts';

export const HOOK_CONFIG_MAP = 'kube-system/apiserver-oidc-restore';
export const scriptOf = (text: string): HookScript => ({
  text,
  sha256: createHash('sha256').update(text).digest('hex'),
});
/** The setting that names this script. */
export const settingFor = (text: string): HookSetting => ({
  configMap: HOOK_CONFIG_MAP,
  sha256: scriptOf(text).sha256,
});

/** One ConfigMap; no other is there. */
export class FakeRestoreHook implements RestoreHook {
  is: Reading<HookScript> = notKnown(`there is no ConfigMap ${HOOK_CONFIG_MAP}`);
  asked = 0;

  set(text: string): void {
    this.is = known(scriptOf(text));
  }

  script(configMap: string): Promise<Reading<HookScript>> {
    this.asked += 1;
    return Promise.resolve(configMap === HOOK_CONFIG_MAP ? this.is : notKnown(`there is no ConfigMap ${configMap}`));
  }
}

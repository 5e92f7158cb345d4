import { onNode } from '../../../kit/commands.ts';
import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { check, checkSays } from '../../../kit/record.ts';
import type { Scenario } from '../../../kit/runner.ts';
import { endOf, messageOf, night, noteMessage } from '../../../kit/runs.ts';
import {
  createDeployer,
  createHook,
  MARK,
  OWN_MARK,
  OWN_SHA256,
  SHA256,
  WITH_OWN_HOOK,
  WITH_WRITTEN_HOOK,
} from './deployer.ts';
import { checkWrite } from './kubelet.ts';
import { withSettings } from './scenario.ts';

const LIMIT_SECONDS = 900;

/** A deployer has written another script into the ConfigMap that the settings name: the run stops before any drain. */
export const hookOfAnother: Scenario = () =>
  withSettings({ controlPlane: WITH_WRITTEN_HOOK }, async () => {
    await createDeployer();
    const what = 'a deployer writes another script into the ConfigMap of controlPlane.restoreHook';
    checkWrite(what, 'allowed', await createHook());
    const before = await fingerprint();
    const ended = await night(LIMIT_SECONDS);
    check('… the run ends', 'Failed, failed', endOf(ended));
    checkSays('… the message has the SHA-256 of that script', messageOf(ended), SHA256);
    checkSays('… and the SHA-256 of the settings', messageOf(ended), OWN_SHA256);
    noteMessage(ended);
    check('… touched', 'nothing', await touchedSince(before));
    await checkRan(MARK, '… the script of the deployer on cp1', 'did not run');
  });

/** After an upgrade under {@link WITH_OWN_HOOK}. */
export async function checkHooks(): Promise<void> {
  await checkRan(MARK, '… the script of the deployer on cp1', 'did not run');
  const own = `… the script of ${WITH_OWN_HOOK.restoreHook.configMap}, which the settings name, on cp1`;
  await checkRan(OWN_MARK, own, 'ran');
}

async function checkRan(mark: string, what: string, expected: 'ran' | 'did not run'): Promise<void> {
  check(what, expected, await onNode('cp1', `[ -e ${mark} ] && echo ran || echo did not run`));
}

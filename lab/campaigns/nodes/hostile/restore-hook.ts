import { onNode } from '../../../kit/commands.ts';
import { said, type CampaignRecord } from '../../../kit/record.ts';
import { fingerprint, touchedSince } from '../../../kit/nodes.ts';
import { endOf, messageOf, night } from '../../../kit/runs.ts';
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
import { withSettings, type Scenario } from './scenario.ts';
import { noteMessage } from './dry-run.ts';

const LIMIT_SECONDS = 900;

/** A deployer has written another script into the ConfigMap that the settings name: the run stops before any drain. */
export const hookOfAnother: Scenario = (record) =>
  withSettings({ controlPlane: WITH_WRITTEN_HOOK }, async () => {
    await createDeployer();
    const what = 'a deployer writes another script into the ConfigMap of controlPlane.restoreHook';
    checkWrite(record, what, 'allowed', await createHook());
    const before = await fingerprint();
    const ended = await night(LIMIT_SECONDS);
    record.check('… the run ends', 'Failed, failed', endOf(ended));
    record.check('… the message has the SHA-256 of that script', ...said(messageOf(ended), SHA256));
    record.check('… and the SHA-256 of the settings', ...said(messageOf(ended), OWN_SHA256));
    noteMessage(record, messageOf(ended));
    record.check('… touched', 'nothing', await touchedSince(before));
    await checkRan(record, MARK, '… the script of the deployer on cp1', 'did not run');
  });

/** After an upgrade under {@link WITH_OWN_HOOK}. */
export async function checkHooks(record: CampaignRecord): Promise<void> {
  await checkRan(record, MARK, '… the script of the deployer on cp1', 'did not run');
  const own = `… the script of ${WITH_OWN_HOOK.restoreHook.configMap}, which the settings name, on cp1`;
  await checkRan(record, OWN_MARK, own, 'ran');
}

async function checkRan(
  record: CampaignRecord,
  mark: string,
  what: string,
  expected: 'ran' | 'did not run',
): Promise<void> {
  record.check(what, expected, await onNode('cp1', `[ -e ${mark} ] && echo ran || echo did not run`));
}

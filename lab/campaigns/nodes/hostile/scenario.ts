import { PUSHGATEWAY } from '../../../kit/pushgateway.ts';
import type { CampaignRecord } from '../../../kit/record.ts';
import type { Overrides } from '../../../kit/settings.ts';
import { run } from '../../../kit/commands.ts';
import { resetKillSwitch } from '../../../kit/namespace.ts';
import { applySettings } from '../settings.ts';
import { removeDeployer } from './deployer.ts';
import { PREFIX } from './kubelet.ts';
import { removeKey } from './loot.ts';

/** What one attack wrote, what came of it, and the state as before. */
export type Scenario = (record: CampaignRecord) => Promise<void>;

/** A label by which the settings of this part choose canaries. The settings take no label that a kubelet can set itself. */
export const CANARY_LABEL = 'node-restriction.kubernetes.io/pool=canary';
/** A label that a kubelet can set itself. */
export const OWN_LABEL = 'pool=canary';

/** A taint of w2 by which the steps that may run on a worker run on w1. */
export const PREFER_W1 = 'lab.invalid/steps-prefer-w1';

/** The settings of this part: both channels of notification, and one label that a worker can set itself. */
export const SETTINGS_OVERRIDES: Overrides = {
  metrics: { pushgatewayUrl: PUSHGATEWAY },
  notify: { slack: true, webhook: true, webhookPort: 9094 },
};

/** Works under other settings, and applies those of this part again. */
export async function withSettings(overrides: Overrides, work: () => Promise<void>): Promise<void> {
  await applySettings({ ...SETTINGS_OVERRIDES, ...overrides });
  try {
    await work();
  } finally {
    await applySettings(SETTINGS_OVERRIDES);
  }
}

/** Removes what a scenario leaves behind when it breaks off, so that the next one begins as if it had not been there. */
export async function cleanUp(): Promise<void> {
  const words = ['ledger', 'last-upgrade'].map((name) => `${PREFIX}${name}-`);
  await run('lab/in-lab.sh', ['kubectl', 'annotate', 'node', 'w1', ...words]);
  await run('lab/in-lab.sh', ['kubectl', 'label', 'node', 'w1', `${OWN_LABEL.split('=')[0] ?? ''}-`]);
  await run('lab/on-node.sh', ['w1', 'rm', '-f', '/etc/kubernetes/manifests/kube-apiserver.yaml']);
  await run('lab/in-lab.sh', ['kubectl', 'taint', 'node', 'w2', `${PREFER_W1}-`]);
  await resetKillSwitch();
  await removeDeployer();
  await removeKey();
}

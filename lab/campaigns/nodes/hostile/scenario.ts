import type { Overrides } from '../../../kit/cluster.ts';
import { run, tryKubectl } from '../../../kit/commands.ts';
import { PUSHGATEWAY } from '../../../kit/daemons.ts';
import { resetKillSwitch } from '../../../kit/namespace.ts';
import { applySettings } from '../cluster.ts';
import { removeDeployer } from './deployer.ts';
import { PREFIX } from './kubelet.ts';
import { removeKey } from './loot.ts';

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
  await tryKubectl('annotate', 'node', 'w1', ...words);
  await tryKubectl('label', 'node', 'w1', `${OWN_LABEL.split('=')[0] ?? ''}-`);
  await run('lab/on-node.sh', ['w1', 'rm', '-f', '/etc/kubernetes/manifests/kube-apiserver.yaml']);
  await tryKubectl('taint', 'node', 'w2', `${PREFER_W1}-`);
  await resetKillSwitch();
  await removeDeployer();
  await removeKey();
}

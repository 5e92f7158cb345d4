import type { Overrides } from '../../../kit/cluster.ts';
import { PUSHGATEWAY } from '../../../kit/daemons.ts';
import { check, checkSays } from '../../../kit/record.ts';
import { endOf, messageOf, noteMessage, outputOf, runOf, type Workflow } from '../../../kit/runs.ts';
import { applySettings, NEXT } from '../cluster.ts';

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

const LIMIT_SECONDS = 600;

/** A dry run: detection and the gate. */
export const detectOnly = (): Promise<Workflow> => runOf('k8s-upgrade', LIMIT_SECONDS, 'detectionDryRun=true');
export const report = (): Promise<Workflow> => runOf('k8s-upgrade-report', LIMIT_SECONDS);

/** Detection chooses the newest patch whatever w1 writes. `says`: what the message contains about w1, if anything. */
export function checkTarget(ended: Workflow, says: string | undefined): void {
  check('… a dry run of detection ends', 'Succeeded, detected', endOf(ended));
  check('… the target', NEXT, outputOf(ended, 'detect', 'target') || 'none');
  if (says !== undefined) checkSays('… the message names the node', messageOf(ended), says);
  noteMessage(ended);
}

import { must } from '../../kit/commands.ts';
import { withPushgateway } from '../../kit/pushgateway.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { attempt } from '../../kit/campaign.ts';
import { startChat, WEBHOOKS } from '../../kit/chat.ts';
import { controllerRestarts } from './hostile/expressions.ts';
import { addresses, labels, machineIds } from './hostile/identity.ts';
import { reportRarely } from './hostile/kubelet.ts';
import { jobOutput } from './hostile/job-output.ts';
import { hookOfAnother } from './hostile/restore-hook.ts';
import { leavesItselfOut } from './hostile/left-out.ts';
import { cleanUp, SETTINGS_OVERRIDES, type Scenario } from './hostile/scenario.ts';
import { alertText, killSwitchText, ledgerText, versionText } from './hostile/text.ts';
import { upgradeBesideClaims } from './hostile/upgrade.ts';
import { kubeletVersions, ledgerVersions, staticPod } from './hostile/versions.ts';
import type { Part } from './part.ts';
import { A, B } from './versions.ts';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an expression in a ledger': ledgerText,
  'an expression as a kubelet version': versionText,
  'an expression in the kill switch': killSwitchText,
  'expressions in alerts': alertText,
  'versions in a ledger': ledgerVersions,
  'a static pod of a worker': staticPod,
  'kubelet versions': kubeletVersions,
  'a worker that leaves itself out': leavesItselfOut,
  addresses,
  'machine IDs': machineIds,
  labels,
  'a restore hook of another': hookOfAnother,
  'an upgrade beside false claims': upgradeBesideClaims,
  'an expression in the output of a job': jobOutput,
};

/** What a worker's own kubelet, and others who hold little, write for the product to read. */
export const hostile: Part = {
  name: 'hostile',
  title:
    'Written by a worker’s own kubelet: expressions, ledgers, versions, addresses, labels; alerts, a hook, a search for keys',
  shape: { controlPlanes: 1, workers: 2, version: A, settings: SETTINGS_OVERRIDES },
  secrets: WEBHOOKS,
  body: (record) =>
    withPushgateway(async () => {
      const chat = await startChat();
      try {
        await must('lab/publish.sh', [`v${B}`]);
        await everyScenario(record);
      } finally {
        await chat.stop();
      }
    }),
};

async function everyScenario(record: CampaignRecord): Promise<void> {
  await reportRarely('w1');
  for (const [what, scenario] of Object.entries(SCENARIOS)) {
    await attempt(record, what, () => scenario(record));
    await cleanUp();
  }
  record.check('restarts of Argo’s controller after all of that', '0', await controllerRestarts());
}

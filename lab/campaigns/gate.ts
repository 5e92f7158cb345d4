/**
 * Detection and the compat gate, on a real kubeadm cluster of 1.33 with 1.34 in reach: real workload objects, real
 * machines, a repository in every bad state, a real Pushgateway; a blocked night, and the night after. Prints a line per
 * point. `--keep` leaves the lab up; `--record FILE` writes the record there.
 */
import { campaign } from '../kit/campaign.ts';
import { kubectl, must } from '../kit/commands.ts';
import { withPushgateway } from '../kit/pushgateway.ts';
import type { CampaignRecord } from '../kit/record.ts';
import { applySecret } from '../kit/secret.ts';
import { CLUSTER, NEXT, RENDERED, RUNNING } from './gate/cluster.ts';
import { blockedNight, nextNight } from './gate/nights.ts';
import { repositoryStates } from './gate/repository-states.ts';
import { stepsByHand } from './gate/steps-by-hand.ts';
import { verdicts } from './gate/verdicts.ts';

await campaign('Detection and the compat gate', async (record) => {
  await bringUp(record);
  await stepsByHand(record);
  await verdicts(record);
  await withPushgateway(async () => {
    // Neither changes anything, so they need not wait for each other.
    await Promise.all([repositoryStates(record), blockedNight(record)]);
    await nextNight(record);
  });
});

async function bringUp(record: CampaignRecord): Promise<void> {
  process.env['DEFAULT_REQUEUE_TIME'] = '2s';
  process.env['V0'] = `v${RUNNING}`;
  process.env['KUBERNETES_BUILDS'] = `v${RUNNING}=v${RUNNING} v${NEXT}=v${NEXT}`;
  await must('npm', ['run', '-s', 'bundle']);
  await must('npm', ['run', '-s', 'synth', '--', '--clusters', 'lab/campaigns/gate/clusters', '--out', RENDERED]);
  await must('lab/up.sh', []);
  await must('lab/publish.sh', ['--only', `v${RUNNING}`, `v${NEXT}`]);
  await must('lab/step-images.sh', []);
  await kubectl('apply', '-f', `${CLUSTER}/00-namespace.yaml`);
  await applySecret();
  await kubectl('apply', '-f', CLUSTER);
  record.note(
    `The lab is up: ${(await kubectl('get', 'nodes', '--no-headers')).split('\n').length} nodes at v${RUNNING}; the repository offers v${NEXT} too.`,
  );
}

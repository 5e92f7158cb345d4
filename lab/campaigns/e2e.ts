/**
 * The whole way through, on a real kubeadm cluster with real Argo Workflows: settings → dist/ → applied → a night with
 * nothing to do → a night with a new patch → every node there. Prints a line per point, a timeline per node, and what
 * Argo costs over a bare SSH loop. `--keep` leaves the lab up; `--record FILE` writes the record there.
 */
import { bareLoop } from './e2e/bare-loop.ts';
import { byHand } from './e2e/by-hand.ts';
import { applyManifests, judgedByApiServer } from './e2e/manifests.ts';
import { nothingToDo } from './e2e/nothing-to-do.ts';
import { portSuites } from './e2e/port-suites.ts';
import { refusals } from './e2e/refusals.ts';
import { upgradeNight } from './e2e/upgrade-night.ts';
import { campaign } from '../kit/campaign.ts';
import { kubectl, must } from '../kit/commands.ts';
import type { CampaignRecord } from '../kit/record.ts';

/** What the cluster runs at first, the patch that appears, the one taken by hand, and one for the bare loop to race with. */
const [A, B, C, D] = ['1.34.9', '1.34.10', '1.34.11', '1.34.12'];

await campaign('End to end: one night, three nodes', async (record) => {
  await bringUp(record);
  await judgedByApiServer(record);
  await applyManifests();
  await portSuites(record);
  await nothingToDo(record, A);
  const night = await upgradeNight(record, A, B);
  await refusals(record, B, C);
  await byHand(record, B, C);
  await bareLoop(record, D, night);
});

async function bringUp(record: CampaignRecord): Promise<void> {
  // As the README advises: less time between two steps.
  process.env['DEFAULT_REQUEUE_TIME'] = '2s';
  await must('npm', ['run', '-s', 'bundle']);
  await must('lab/up.sh', []);
  await must('lab/publish.sh', ['--only', `v${A}`]);
  await must('lab/step-images.sh', []);
  record.note(`The lab is up: ${(await kubectl('get', 'nodes', '--no-headers')).split('\n').length} nodes at v${A}.`);
}

/**
 * Executes every command of an operator on a real kubeadm cluster with the real Argo Server:
 *
 * - plan, doctor, approval, etcd backup, one node, suspension
 * - rollback of a worker and of the control plane, reset, SSH key rotation
 * - the comparison of Argo CD, and every command of the documents
 *
 * Prints a line per point. `--keep` leaves the lab up; `--record FILE` writes the record there.
 */
import { bringUp } from '../kit/bring-up.ts';
import { attempt, campaign } from '../kit/campaign.ts';
import { must } from '../kit/commands.ts';
import { withPushgateway } from '../kit/pushgateway.ts';
import type { CampaignRecord } from '../kit/record.ts';
import { install, uninstall } from '../kit/addons.ts';
import { workersInOrder } from './nodes/night.ts';
import { approvals } from './operate/approvals.ts';
import { argoServer, withArgoServer } from './operate/argo-server.ts';
import { asking, blocked } from './operate/asking.ts';
import { backup, snapshotsNamed } from './operate/backup.ts';
import { checkout } from './operate/checkout.ts';
import { MANIFESTS, NEXT, PATCH, RUNNING, SETTINGS } from './operate/cluster.ts';
import { documented, everyDocument } from './operate/documented.ts';
import { drift } from './operate/drift.ts';
import { cronSuspended, doctor, handles } from './operate/handles.ts';
import { newcomer } from './operate/newcomer.ts';
import { checkPlan } from './operate/plans.ts';
import { rollback, tell } from './operate/rollback.ts';
import { rotation } from './operate/rotation.ts';

const shape = {
  ...{ controlPlanes: 1, workers: 2, version: RUNNING },
  builds: `v${RUNNING}=v${RUNNING} v${NEXT}=v${NEXT} v${PATCH}=v${NEXT}`,
};

await campaign('For the person on call', async (record) => {
  await must('npm', ['run', '-s', 'bundle']);
  await bringUp(shape, SETTINGS);
  await must('lab/publish.sh', ['--only', `v${RUNNING}`, `v${NEXT}`]);
  await documented(record, 'kubectl apply -k dist/<name>', MANIFESTS);
  await withPushgateway(async () => {
    await attempt(record, 'a checkout', () => checkout(record));
    await attempt(record, 'the Argo Server', () => withArgoServer(() => argoServer(record)));
    await attempt(record, 'a suspended CronWorkflow', () => cronSuspended(record));
    await attempt(record, 'the quick start', () => newcomer(record));
    await attempt(record, 'the doctor', () => doctor(record));
    await attempt(record, 'the plan', () => plans(record));
    await tell('before');
    let named: readonly string[] = [];
    await attempt(record, 'approvals', async () => {
      named = await snapshotsNamed(() => approvals(record));
    });
    await attempt(record, 'the backup of etcd', () => backup(record, named));
    await attempt(record, 'handles', () => handles(record));
    await attempt(record, 'what Argo CD would say', () => drift(record));
    // Before the rotation: the snapshot has the key that the nodes had then.
    await attempt(record, 'rollback of the control plane', () => rollback(record));
    await attempt(record, 'rotation of the SSH key', () => rotation(record));
    everyDocument(record);
  });
});

/** Clear, once more, and blocked. */
async function plans(record: CampaignRecord): Promise<void> {
  const order = ['cp1', ...(await workersInOrder())];
  await checkPlan(record, `a minor that somebody must approve`, { exitCode: 11, nodes: order });
  const digest = await checkPlan(record, 'the same by hand', { exitCode: 0, nodes: order }, '--target', NEXT);
  const again = await checkPlan(record, 'once more', { exitCode: 0, nodes: order }, '--target', NEXT);
  record.check('… nothing changed, and so did the digest', digest, again);
  await asking(record);
  await install('Deployment', 'cilium-operator', 'quay.io/cilium/operator-generic:v1.18.2');
  await checkPlan(record, 'with an addon that is not ready', { exitCode: 10, nodes: order }, '--target', NEXT);
  await blocked(record);
  await uninstall('Deployment', 'cilium-operator');
}

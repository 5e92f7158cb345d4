/**
 * Executes every command of an operator on a real kubeadm cluster with the real Argo Server:
 *
 * - plan, doctor, approval, etcd backup, one node, suspension
 * - rollback of a worker and of the control plane, reset, SSH key rotation
 * - the comparison of Argo CD, and every command of the documents
 */
import { buildsOf } from '../kit/cluster.ts';
import { withPushgateway } from '../kit/daemons.ts';
import { workersInOrder } from '../kit/nodes.ts';
import { check } from '../kit/record.ts';
import { attempt, campaign, type Part } from '../kit/runner.ts';
import { installCilium, uninstallCilium } from '../kit/workloads.ts';
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

const onCall: Part = {
  name: 'on-call',
  title: 'Every command of an operator and of the documents, rollback and key rotation included',
  shape: { version: RUNNING, offers: [NEXT], builds: `${buildsOf(RUNNING, NEXT)} v${PATCH}=v${NEXT}` },
  body: async () => {
    await documented('kubectl apply -k dist/<name>', MANIFESTS);
    await withPushgateway(everyCommand);
  },
};

async function everyCommand(): Promise<void> {
  await attempt('a checkout', checkout);
  await attempt('the Argo Server', () => withArgoServer(argoServer));
  await attempt('a suspended CronWorkflow', cronSuspended);
  await attempt('the quick start', newcomer);
  await attempt('the doctor', doctor);
  await attempt('the plan', plans);
  await tell('before');
  let named: readonly string[] = [];
  await attempt('approvals', async () => {
    named = await snapshotsNamed(approvals);
  });
  await attempt('the backup of etcd', () => backup(named));
  await attempt('handles', handles);
  await attempt('what Argo CD would say', drift);
  // Before the rotation: the snapshot has the key that the nodes had then.
  await attempt('rollback of the control plane', rollback);
  await attempt('rotation of the SSH key', rotation);
  everyDocument();
}

/** Clear, once more, and blocked. */
async function plans(): Promise<void> {
  const order = ['cp1', ...(await workersInOrder())];
  await checkPlan(`a minor that somebody must approve`, { exitCode: 11, nodes: order });
  const digest = await checkPlan('the same by hand', { exitCode: 0, nodes: order }, '--target', NEXT);
  const again = await checkPlan('once more', { exitCode: 0, nodes: order }, '--target', NEXT);
  check('… nothing changed, and so did the digest', digest, again);
  await asking();
  await installCilium('1.18.2');
  await checkPlan('with an addon that is not ready', { exitCode: 10, nodes: order }, '--target', NEXT);
  await blocked();
  await uninstallCilium();
}

await campaign('For the person on call', SETTINGS, [onCall]);

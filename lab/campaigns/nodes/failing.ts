import { argo } from '../../kit/commands.ts';
import { runGauges } from '../../kit/pushgateway.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { attemptsFor } from '../../kit/attempts.ts';
import { breakKubeadm, mendKubeadm } from './faults.ts';
import { runMarks } from '../../kit/namespace.ts';
import { readyNodes, workersInOrder } from './night.ts';
import { begun, endOf, messageOf, night, whenEnded } from '../../kit/runs.ts';
import { A, B } from './versions.ts';

type Scenario = (record: CampaignRecord) => Promise<void>;

/** A worker whose kubeadm fails; the cause is mended, and the same run goes on. */
const retried: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  const failed = await fail(record, first, second);
  await mendKubeadm(first);
  await argo('retry', '-n', 'k8s-upgrade', failed);
  const ended = await whenEnded(failed, 900);
  record.check('mended, argo retry: the run ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  record.check('… the gauges', 'blocked=0 failed=0 held=0 in_flight=0', await runGauges());
};

/** Removes the cause alone; the next scheduled run finishes the work. */
const nextNight: Scenario = async (record) => {
  const [first = '', second = ''] = await workersInOrder();
  await fail(record, first, second);
  await mendKubeadm(first);
  const ended = await night(900);
  record.check('mended, the next night: it ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  record.check('… the gauges', 'blocked=0 failed=0 held=0 in_flight=0', await runGauges());
};

/** The night on which kubeadm fails on the first worker; its name. */
async function fail(record: CampaignRecord, first: string, second: string): Promise<string> {
  await breakKubeadm(first);
  const failed = await night(900);
  const message = messageOf(failed);
  record.check(`kubeadm fails on ${first}: the night ends`, 'Failed, failed', endOf(failed));
  record.check(
    '… the nodes',
    `cp1 v${B} Ready, ${[`${first} v${A} Ready cordoned open ledger`, `${second} v${A} Ready`].sort().join(', ')}`,
    await nodeLines(),
  );
  record.check('… workers begun', '1', String(begun(failed, 'drain-worker')));
  record.check('… the gauges', 'blocked=0 failed=1 held=0 in_flight=0', await runGauges());
  record.check('… the namespace says where it was going', B, (await runMarks())['target'] ?? 'nothing');
  record.check('… the message names the node', ...said(message, first));
  record.check('… the step', ...said(message, 'kubeadm upgrade'));
  record.check('… the next command', ...said(message, `argo retry -n k8s-upgrade ${failed.metadata.name}`));
  for (const line of message.split('\n')) record.note(`  ${line}`);
  record.note(`  Attempts on ${first} so far: ${(await attemptsFor(first, B)).map(({ unit }) => unit).join(', ')}`);
  return failed.metadata.name;
}

export const failing: readonly Scenario[] = [retried, nextNight];

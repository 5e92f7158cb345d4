import { argo, must } from '../../kit/commands.ts';
import { said } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';
import { breakKubeadm, mendKubeadm } from './faults.ts';
import { readyNodes, workersInOrder } from './night.ts';
import type { Part } from './part.ts';
import { begun, endOf, messageOf, night, whenEnded } from '../../kit/runs.ts';
import { A, B } from './versions.ts';

const LIMIT_SECONDS = 1800;

/** Three workers, two at a time: one of the first two fails. */
export const batch: Part = {
  name: 'batch',
  title: 'Two workers at a time: one fails, the other one of its batch is upgraded, no further worker begins',
  shape: { controlPlanes: 1, workers: 3, version: A, settings: { workers: { maxUnavailable: 2 } } },
  body: async (record) => {
    const [first = '', second = '', third = ''] = await workersInOrder();
    await must('lab/publish.sh', [`v${B}`]);
    await breakKubeadm(first);
    const failed = await night(LIMIT_SECONDS);
    record.check(`kubeadm fails on ${first}: the run ends`, 'Failed, failed', endOf(failed));
    const left = [`${first} v${A} Ready cordoned open ledger`, `${second} v${B} Ready`, `${third} v${A} Ready`];
    record.check('… the nodes', `cp1 v${B} Ready, ${left.sort().join(', ')}`, await nodeLines());
    record.check('… workers begun', '2', String(begun(failed, 'drain-worker')));
    record.check('… workers for which Argo started a pod', '2', String(begun(failed, 'admit-worker')));
    record.check('… the message names the node', ...said(messageOf(failed), first));
    for (const line of timeline(failed)) record.note(`  ${line}`);
    for (const line of messageOf(failed).split('\n')) record.note(`  ${line}`);

    await mendKubeadm(first);
    await argo('retry', '-n', 'k8s-upgrade', failed.metadata.name);
    const ended = await whenEnded(failed.metadata.name, LIMIT_SECONDS);
    record.check('mended, argo retry: the run ends', 'Succeeded, upgraded', endOf(ended));
    record.check('… the nodes', await readyNodes(B), await nodeLines());
    for (const line of timeline(ended)) record.note(`  ${line}`);
  },
};

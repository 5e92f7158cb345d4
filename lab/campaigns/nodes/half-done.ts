import { argo, must, onNode, until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { podsOf } from '../../kit/workflow.ts';
import { getNodes, nodeLines } from '../../kit/nodes.ts';
import { attemptsFor, attemptsOn, overlapsOn } from '../../kit/attempts.ts';
import { holdPackages } from './faults.ts';
import { whenKubeadmRuns } from './jobs.ts';
import { readyNodes, workersInOrder } from './night.ts';
import type { Part } from './part.ts';
import { begun, endOf, messageOf, night, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';

const [A, B] = ['1.34.9', '1.34.10'];

/** A run that dies at the two worst moments; the night after finishes what was begun. */
export const halfDone: Part = {
  name: 'half-done',
  title: 'Death between kubeadm and the kubelet, and between the kubelet and the uncordon',
  shape: { controlPlanes: 1, workers: 2, version: A },
  body: async (record) => {
    await must('lab/publish.sh', [`v${B}`]);
    await beforeTheKubelet(record);
    await beforeTheUncordon(record);
  },
};

/** Everything ends at once: the work on the node, the step, the run; no exit handler speaks. */
async function beforeTheKubelet(record: CampaignRecord): Promise<void> {
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', 'cp1', 600);
  await whenKubeadmRuns('cp1', 400);
  const release = await holdPackages('cp1');
  await until(
    'the kubelet is next',
    600,
    async () => (await attemptsOn('cp1')).at(-1)?.state ?? '',
    (state) => state.startsWith('running') && state.includes('kubelet'),
  );
  await onNode('cp1', "systemctl kill --signal=KILL 'argo-kubeadm-upgrade-*'");
  await until(
    'argo terminate',
    120,
    () => argo('terminate', '-n', 'k8s-upgrade', name),
    () => true,
  );
  await release();
  await whenEnded(name, 300);
  const state = await apiServerAndKubelet('cp1');
  record.check('killed between kubeadm upgrade apply and the kubelet: API server, kubelet', `v${B}, v${A}`, state);
}

async function apiServerAndKubelet(node: string): Promise<string> {
  const text = await must('lab/in-lab.sh', ['kubectl', 'get', '--raw', '/version']);
  const { gitVersion } = JSON.parse(text) as { gitVersion: string };
  const kubelet = (await getNodes()).find(({ metadata }) => metadata.name === node)?.status.nodeInfo.kubeletVersion;
  return `${gitVersion}, ${kubelet ?? ''}`;
}

/** The next run finishes the control plane. It dies as well, with the last worker upgraded and still cordoned. */
async function beforeTheUncordon(record: CampaignRecord): Promise<void> {
  const last = (await workersInOrder()).at(-1) ?? '';
  const name = await startNight();
  await until(`${last} is at v${B} and cordoned`, 1200, getNodes, (nodes) =>
    nodes.some(
      ({ metadata, spec, status }) =>
        metadata.name === last && spec.unschedulable === true && status.nodeInfo.kubeletVersion === `v${B}`,
    ),
  );
  await argo('terminate', '-n', 'k8s-upgrade', name);
  const dead = await whenEnded(name, 120);
  record.check(
    'the next night finished the control plane, and was killed before it uncordoned the last worker: its exit handler',
    'did not run',
    podsOf(dead).some(({ templateName }) => templateName === 'finish') ? 'ran' : 'did not run',
  );
  record.check(
    '… the nodes: no version differs any more',
    (await readyNodes(B)).replace(`${last} v${B} Ready`, `${last} v${B} Ready cordoned open ledger`),
    await nodeLines(),
  );
  const attempts = (await attemptsFor(last, B)).length;
  const ended = await night(900);
  record.check('the night after that ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  record.check(
    '… attempts that it needed on the last worker',
    '0',
    String((await attemptsFor(last, B)).length - attempts),
  );
  record.check('… control-plane steps that it needed', '0', String(begun(ended, 'upgrade-single-control-plane')));
  record.check('attempts on one node at the same time', 'none', await overlapsOn(['cp1', 'w1', 'w2']));
  record.note(`  ${messageOf(ended)}`);
}

import { publish } from '../../kit/cluster.ts';
import { argo, kubectl, onNode, until } from '../../kit/commands.ts';
import { attemptsFor, attemptsOn, lineOf, nodeLines, overlapsOn, readyNodes, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check } from '../../kit/record.ts';
import type { Part } from '../../kit/runner.ts';
import { begun, checkUpgraded, night, noteMessage, startNight, whenEnded } from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { holdPackages, whenKubeadmRuns } from './faults.ts';

/** A run that dies at the two worst moments; the night after finishes what was begun. */
export const halfDone: Part = {
  name: 'half-done',
  title: 'Death between kubeadm and the kubelet, and between the kubelet and the uncordon',
  shape: { version: RUNNING },
  body: async () => {
    await publish(NEXT);
    await beforeTheKubelet();
    await beforeTheUncordon();
  },
};

/** Everything ends at once: the work on the node, the step, the run; no exit handler speaks. */
async function beforeTheKubelet(): Promise<void> {
  const name = await startNight();
  await whenStepRuns(name, 'upgrade-node', 'cp1', 600);
  await whenKubeadmRuns('cp1', 400);
  const release = await holdPackages('cp1');
  const state = async (): Promise<string> => (await attemptsOn('cp1')).at(-1)?.state ?? '';
  await until('the kubelet is next', 600, state, (seen) => seen.startsWith('running') && seen.includes('kubelet'));
  await onNode('cp1', "systemctl kill --signal=KILL 'argo-kubeadm-upgrade-*'");
  await until('argo terminate', 120, () => argo('terminate', '-n', 'k8s-upgrade', name));
  await release();
  await whenEnded(name, 300);
  const what = 'killed between kubeadm upgrade apply and the kubelet: API server, kubelet';
  check(what, `v${NEXT}, v${RUNNING}`, await apiServerAndKubelet('cp1'));
}

async function apiServerAndKubelet(node: string): Promise<string> {
  const { gitVersion } = JSON.parse(await kubectl('get', '--raw', '/version')) as { gitVersion: string };
  return `${gitVersion}, ${(await lineOf(node)).split(' ')[1] ?? ''}`;
}

/** The next run finishes the control plane. It dies as well, with the last worker upgraded and still cordoned. */
async function beforeTheUncordon(): Promise<void> {
  const last = (await workersInOrder()).at(-1) ?? '';
  const attempts = async (): Promise<number> => (await attemptsFor(last, NEXT)).length;
  const name = await startNight();
  const isCordoned = (line: string): boolean => line.includes(`v${NEXT} `) && line.includes(' cordoned');
  await until(`${last} is at v${NEXT} and cordoned`, 1200, () => lineOf(last), isCordoned);
  await argo('terminate', '-n', 'k8s-upgrade', name);
  const dead = await whenEnded(name, 120);
  const what =
    'the next night finished the control plane, and was killed before it uncordoned the last worker: its exit handler';
  check(what, 'did not run', begun(dead, 'finish') > 0 ? 'ran' : 'did not run');
  const left = (await readyNodes(NEXT)).replace(`${last} v${NEXT} Ready`, '$& cordoned open ledger');
  check('… the nodes: no version differs any more', left, await nodeLines());
  const before = await attempts();
  const ended = await night(900);
  await checkUpgraded('the night after that ends', ended, NEXT);
  check('… attempts that it needed on the last worker', '0', String((await attempts()) - before));
  check('… control-plane steps that it needed', '0', String(begun(ended, 'upgrade-single-control-plane')));
  check('attempts on one node at the same time', 'none', await overlapsOn(['cp1', 'w1', 'w2']));
  noteMessage(ended);
}

import { kubectl, must, run, sleep, until } from '../../kit/commands.ts';
import type { CampaignRecord } from '../../kit/record.ts';
import { nodeLines } from '../../kit/nodes.ts';
import { attemptsFor, overlapsOn } from '../../kit/attempts.ts';
import { holdWhenAdmitted, withoutApiServer, withoutKubelet, withoutSshd } from './faults.ts';
import { rollBackAll } from './machines.ts';
import { readyNodes, workersInOrder } from './night.ts';
import type { Part } from './part.ts';
import { endOf, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { whenJobRuns, whenKubeadmRuns } from './jobs.ts';

const [A, B] = ['1.34.9', '1.34.10'];

/** Everything that an upgrade hangs on is killed once, each while it is at work. */
export const kills: Part = {
  name: 'kills',
  title: 'Killed once each: step pod, sshd, controller, kubelet, the only API server',
  shape: { controlPlanes: 1, workers: 2, version: A },
  body: async (record) => {
    await must('lab/publish.sh', [`v${B}`]);
    await duringOneNight(record);
    await apiServerForFiveMinutes(record);
  },
};

async function duringOneNight(record: CampaignRecord): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();

  const pod = await whenStepRuns(name, 'upgrade-node', 'cp1', 600);
  await whenJobRuns('cp1', B);
  await whenKubeadmRuns('cp1');
  await forceDelete(pod);
  record.note(`Force-deleted while kubeadm was at work on cp1: ${pod}`);

  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 900);
  await whenJobRuns(first, B);
  await forceDelete(await controller(), 'argo');
  record.note(
    `The workflow-controller was killed, and sshd of ${first} stopped for 40 s, while work on ${first} was under way.`,
  );
  await withoutSshd(first, 40);
  await release();

  const hold = await holdWhenAdmitted(name, second);
  await whenStepRuns(name, 'upgrade-node', second, 900);
  await whenJobRuns(second, B);
  record.note(`The kubelet of cp1, where the step pod of ${second} runs, was stopped for 60 s.`);
  await withoutKubelet('cp1', 60);
  await hold();

  const ended = await whenEnded(name, 1200);
  record.check('step pod, sshd, controller and a kubelet killed: the night ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  for (const node of ['cp1', first, second])
    record.check(`… attempts on ${node}`, '1', String((await attemptsFor(node, B)).length));
  record.check('… attempts on one node at the same time', 'none', await overlapsOn(['cp1', first, second]));
}

/** The only API server is away for five minutes, with work on a worker under way. */
async function apiServerForFiveMinutes(record: CampaignRecord): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  await rollBackAll([first, second], A);
  const before = (await attemptsFor(first, B)).length;
  const name = await startNight();
  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await until(
    'a new attempt',
    120,
    () => attemptsFor(first, B),
    (list) => list.length > before,
  );
  const letGo = sleep(60).then(release);
  await withoutApiServer('cp1', 300);
  await letGo;
  const ended = await whenEnded(name, 1200);
  record.check('the only API server away for 5 minutes: the night ends', 'Succeeded, upgraded', endOf(ended));
  record.check('… the nodes', await readyNodes(B), await nodeLines());
  record.note(`  Attempts that it took on ${first}: ${(await attemptsFor(first, B)).length - before}`);
  record.check('… attempts on one node at the same time', 'none', await overlapsOn(['cp1', first, second]));
}

export async function forceDelete(pod: string, namespace = 'k8s-upgrade'): Promise<void> {
  // The API server may be on its way down at this very moment.
  await until(
    `${pod} is force-deleted`,
    180,
    () => run('lab/in-lab.sh', ['kubectl', 'delete', 'pod', pod, '-n', namespace, '--grace-period=0', '--force']),
    ({ exitCode, stderr }) => exitCode === 0 || stderr.includes('NotFound'),
  );
}

const controller = (): Promise<string> =>
  kubectl('get', 'pods', '-n', 'argo', '-l', 'app=workflow-controller', '-o', 'jsonpath={.items[0].metadata.name}');

import { publish } from '../../kit/cluster.ts';
import { kubectl, sleep, until } from '../../kit/commands.ts';
import { attemptsFor, overlapsOn, workersInOrder } from '../../kit/nodes.ts';
import { whenStepRuns } from '../../kit/pods.ts';
import { check, note, noteLines } from '../../kit/record.ts';
import type { Part } from '../../kit/runner.ts';
import { checkUpgraded, startNight, whenEnded } from '../../kit/runs.ts';
import { NEXT, RUNNING } from './cluster.ts';
import {
  forceDelete,
  holdWhenAdmitted,
  rollBackAll,
  whenJobRuns,
  whenKubeadmRuns,
  withoutApiServer,
  withoutKubelet,
  withoutSshd,
} from './faults.ts';

/** Everything that an upgrade hangs on is killed once, each while it is at work. */
export const kills: Part = {
  name: 'kills',
  title: 'Killed once each: step pod, sshd, controller, kubelet, the only API server',
  shape: { version: RUNNING },
  body: async () => {
    await publish(NEXT);
    await duringOneNight();
    await apiServerForFiveMinutes();
  },
};

async function duringOneNight(): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  const name = await startNight();

  const pod = await whenStepRuns(name, 'upgrade-node', 'cp1', 600);
  await whenJobRuns('cp1');
  await whenKubeadmRuns('cp1');
  await forceDelete(pod);
  note(`Force-deleted while kubeadm was at work on cp1: ${pod}`);

  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 900);
  await whenJobRuns(first);
  await forceDelete(await controller(), 'argo');
  note(
    `The workflow-controller was killed, and sshd of ${first} stopped for 40 s, while work on ${first} was under way.`,
  );
  await withoutSshd(first, 40);
  await release();

  const hold = await holdWhenAdmitted(name, second);
  await whenStepRuns(name, 'upgrade-node', second, 900);
  await whenJobRuns(second);
  note(`The kubelet of cp1, where the step pod of ${second} runs, was stopped for 60 s.`);
  await withoutKubelet('cp1', 60);
  await hold();

  const ended = await whenEnded(name, 1200);
  await checkUpgraded('step pod, sshd, controller and a kubelet killed: the night ends', ended, NEXT);
  const nodes = ['cp1', first, second];
  for (const node of nodes) check(`… attempts on ${node}`, '1', String((await attemptsFor(node, NEXT)).length));
  check('… attempts on one node at the same time', 'none', await overlapsOn(nodes));
}

/** The only API server is away for five minutes, with work on a worker under way. */
async function apiServerForFiveMinutes(): Promise<void> {
  const [first = '', second = ''] = await workersInOrder();
  await rollBackAll();
  const attempts = async (): Promise<number> => (await attemptsFor(first, NEXT)).length;
  const before = await attempts();
  const name = await startNight();
  const release = await holdWhenAdmitted(name, first);
  await whenStepRuns(name, 'upgrade-node', first, 600);
  await until('a new attempt', 120, attempts, (now) => now > before);
  const letGo = sleep(60).then(release);
  await withoutApiServer('cp1', 300);
  await letGo;
  const ended = await whenEnded(name, 1200);
  await checkUpgraded('the only API server away for 5 minutes: the night ends', ended, NEXT);
  noteLines(`Attempts that it took on ${first}: ${(await attempts()) - before}`);
  check('… attempts on one node at the same time', 'none', await overlapsOn(['cp1', first, second]));
}

const controller = (): Promise<string> =>
  kubectl('get', 'pods', '-n', 'argo', '-l', 'app=workflow-controller', '-o', 'jsonpath={.items[0].metadata.name}');

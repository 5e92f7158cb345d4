import { buildsOf, publish } from '../../kit/cluster.ts';
import { get, kubectl, must, onNode, sleep } from '../../kit/commands.ts';
import {
  componentImages,
  controlPlane,
  nodeLines,
  nodeNames,
  overlapsOn,
  readyAt,
  readyNodes,
  rollBack,
  workersInOrder,
} from '../../kit/nodes.ts';
import { checkPlacement, logsOf, PodWatch, whenStepRuns } from '../../kit/pods.ts';
import { check, checkSays, noteLines } from '../../kit/record.ts';
import type { Part } from '../../kit/runner.ts';
import { endOf, messageOf, night, noteMessage, noteTimeline, startNight, whenEnded } from '../../kit/runs.ts';
import { counted, deploy, podNames, removeDeployment } from '../../kit/workloads.ts';
import { NEXT, RUNNING } from './cluster.ts';
import { checkTraffic, startTraffic, stopTraffic } from './traffic.ts';

/** One control plane, two workers, and one more that joins while the others are done. */
export const oneControlPlane: Part = {
  name: 'night',
  title: 'A night on one control plane and two workers, with traffic, budgets and a node that joins',
  shape: { workers: 3, version: RUNNING },
  body: async () => {
    await must('lab/node.sh', ['leave', 'w3']);
    const traffic = await startTraffic();
    await deploy({ name: 'single', replicas: 1, minAvailable: 1 });
    await deploy({ name: 'trio', replicas: 3, minAvailable: 2 });
    const first = (await workersInOrder())[0] ?? '';
    await exhaust(first);

    await publish(NEXT);
    const placement = new PodWatch();
    const before = { single: await podNames('single'), trio: await podNames('trio') };
    const name = await startNight();
    await whenStepRuns(name, 'drain', first, 900);
    await must('lab/node.sh', ['join', 'w3']);
    // The budget has been in the way for a while: only now does it allow anything.
    await sleep(20);
    const during = await podNames('trio');
    const waiting = await logsOf(name, 'drain');
    await recover();
    const ended = await whenEnded(name, 1500);
    const counts = await stopTraffic(traffic);
    const placed = await placement.stop();

    check('1 control plane, 2 workers, one more joins: the night ends', 'Succeeded, upgraded', endOf(ended));
    const nodes = ['cp1', 'w1', 'w2', 'w3'];
    check('every node, also the one that joined mid-run', readyAt(nodes, NEXT), await nodeLines());
    checkTraffic(counts);
    const pods = 'a budget that allows nothing for now: its pods while it does not';
    check(pods, before.trio.join(' '), during.join(' '));
    checkSays('… the drain says that it waits for it', waiting, 'default/trio');
    const single = await podNames('single');
    const replaced = single.length === 1 && single[0] !== before.single[0];
    const one = 'one replica with a budget of one: its pod is replaced';
    check(one, 'one other pod', replaced ? 'one other pod' : single.join(' '));
    const drains = await logsOf(name, 'drain');
    noteLines(drains.split('\n').filter((line) => line.includes('default/')));
    checkPlacement(placed);
    check('attempts on one node at the same time', 'none', await overlapsOn(nodes));
    noteTimeline(ended);
    noteMessage(ended);
    for (const deployment of ['web', 'single', 'trio']) await removeDeployment(deployment);
    await foreignCordon();
  },
};

/** A node that an operator cordoned is upgraded and stays cordoned. */
async function foreignCordon(): Promise<void> {
  await rollBack('w1', RUNNING);
  await kubectl('cordon', 'w1');
  const ended = await night(900);
  check('w1 cordoned by an operator, the next night: it ends', 'Succeeded, upgraded', endOf(ended));
  const cordoned = (await readyNodes(NEXT)).replace(`w1 v${NEXT} Ready`, `w1 v${NEXT} Ready cordoned`);
  check('… the nodes', cordoned, await nodeLines());
  checkSays('… the message mentions it', messageOf(ended), 'Node w1: cordoned, not by this pipeline.');
}

const SICK = 'trio-sick';

/** One pod of the three is not ready, on a node that is not drained first; the budget allows nothing then. */
async function exhaust(first: string): Promise<void> {
  const { items } = await get<{ items: { metadata: { name: string }; spec: { nodeName: string } }[] }>(
    ...['pods', '-n', 'default', '-l', 'app=trio'],
  );
  const sick = items.find(({ spec }) => spec.nodeName !== first) ?? items[0];
  await kubectl('label', 'pod', sick?.metadata.name ?? '', '-n', 'default', `${SICK}=true`);
  await inPod("require('node:fs').writeFileSync('/tmp/sick', '')");
  await counted('trio', 0);
}

async function recover(): Promise<void> {
  await inPod("require('node:fs').rmSync('/tmp/sick')");
  await counted('trio', 1);
}

async function inPod(program: string): Promise<void> {
  const name = await kubectl('get', 'pods', '-n', 'default', '-l', `${SICK}=true`, '-o', 'name');
  await kubectl('exec', '-n', 'default', name, '--', '/nodejs/bin/node', '-e', program);
}

/** Three control planes with their etcds, two workers. */
export const threeControlPlanes: Part = {
  name: 'wide',
  title: 'A night on three control planes and two workers, with traffic',
  shape: { controlPlanes: 3, version: RUNNING },
  body: async () => {
    const traffic = await startTraffic();
    await publish(NEXT);
    const placement = new PodWatch();
    const ended = await night(2400);
    const counts = await stopTraffic(traffic);

    check('3 control planes, 2 workers: the night ends', 'Succeeded, upgraded', endOf(ended));
    check('the nodes', await readyNodes(NEXT), await nodeLines());
    check('every control plane runs the patch', controlPlane(NEXT), await componentImages());
    check('etcd members that answer as healthy', '3 of 3', await healthyMembers());
    checkTraffic(counts);
    checkPlacement(await placement.stop());
    check('attempts on one node at the same time', 'none', await overlapsOn(await nodeNames()));
    noteTimeline(ended);
  },
};

async function healthyMembers(): Promise<string> {
  const path = 'jsonpath={.items[*].spec.nodeName}';
  const pods = (await kubectl('get', 'pods', '-n', 'kube-system', '-l', 'component=etcd', '-o', path)).split(' ');
  const answers = await Promise.all(pods.map((node) => onNode(node, 'curl -sf http://127.0.0.1:2381/health')));
  return `${answers.filter((answer) => answer.includes('"health":"true"')).length} of ${pods.length}`;
}

/** The minor before that of the nodes' versions, which is a repository of its own. */
const MINOR_BEFORE = '1.33.13';
const SOURCE = 'cat /etc/apt/sources.list.d/kubernetes.list';

export const nextMinor: Part = {
  name: 'minor',
  title: 'A minor upgrade, from one signed repository to the next',
  shape: {
    version: MINOR_BEFORE,
    builds: buildsOf(MINOR_BEFORE, NEXT),
    // The lab's API servers are minutes old.
    settings: { compatibility: { deprecatedApis: { lookbackHours: 0 } } },
  },
  body: async () => {
    check('the apt source before', 'v1.33', minorOf(await onNode('w1', SOURCE)));
    await publish(NEXT);
    const ended = await night(2400);
    check(`v${MINOR_BEFORE} to v${NEXT}: the night ends`, 'Succeeded, upgraded', endOf(ended));
    check('the nodes', await readyNodes(NEXT), await nodeLines());
    check('the control plane runs it', controlPlane(NEXT), await componentImages());
    for (const node of ['cp1', 'w1', 'w2'])
      check(`the apt source of ${node} afterwards`, 'v1.34', minorOf(await onNode(node, SOURCE)));
    noteTimeline(ended);
    noteMessage(ended);
  },
};

const minorOf = (source: string): string => /\/(v\d+\.\d+)\/deb/.exec(source)?.[1] ?? source;

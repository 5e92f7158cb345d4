import { get, kubectl, must, sleep } from '../../kit/commands.ts';
import { PlacementWatch, type Placed } from '../../kit/placement.ts';
import { said, type CampaignRecord } from '../../kit/record.ts';
import { getNodes, nodeLines } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';
import { overlapsOn } from '../../kit/attempts.ts';
import type { Part } from './part.ts';
import { rollBack } from './machines.ts';
import { endOf, logsOf, messageOf, night, startNight, whenEnded, whenStepRuns } from '../../kit/runs.ts';
import { Traffic } from './traffic.ts';
import { counted, deploy, expose, podNames, remove } from '../../kit/workloads.ts';

const [A, B] = ['1.34.9', '1.34.10'];

/** One control plane, two workers, and one more that joins while the others are done. */
export const oneControlPlane: Part = {
  name: 'night',
  title: 'A night on one control plane and two workers, with traffic, budgets and a node that joins',
  shape: { controlPlanes: 1, workers: 3, version: A },
  body: async (record) => {
    await must('lab/node.sh', ['leave', 'w3']);
    await deploy({ name: 'web', replicas: 2, minAvailable: 1 });
    await expose('web');
    await deploy({ name: 'single', replicas: 1, minAvailable: 1 });
    await deploy({ name: 'trio', replicas: 3, minAvailable: 2 });
    const first = (await workersInOrder())[0] ?? '';
    await exhaust(first);

    const traffic = await Traffic.start(await addresses());
    await must('lab/publish.sh', [`v${B}`]);
    const placement = new PlacementWatch();
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
    const { asked, failed, failures } = await traffic.stop();
    const placed = await placement.stop();

    record.check('1 control plane, 2 workers, one more joins: the night ends', 'Succeeded, upgraded', endOf(ended));
    record.check(
      'every node, also the one that joined mid-run',
      ['cp1', 'w1', 'w2', 'w3'].map((node) => `${node} v${B} Ready`).join(', '),
      await nodeLines(),
    );
    record.check('two replicas with a budget, asked 10 times a second all along: failed', '0', String(failed));
    record.note(`  The prober asked ${asked} times through every node. ${failures.join('; ')}`);
    record.check(
      'a budget that allows nothing for now: its pods while it does not',
      before.trio.join(' '),
      during.join(' '),
    );
    record.check('… the drain says that it waits for it', ...said(waiting, 'default/trio'));
    const single = await podNames('single');
    record.check(
      'one replica with a budget of one: its pod is replaced',
      'one other pod',
      single.length === 1 && single[0] !== before.single[0] ? 'one other pod' : single.join(' '),
    );
    const drains = await logsOf(name, 'drain');
    for (const line of drains.split('\n').filter((each) => each.includes('default/'))) record.note(`  ${line}`);
    checkPlacement(record, placed);
    record.check('attempts on one node at the same time', 'none', await overlapsOn(['cp1', 'w1', 'w2', 'w3']));
    for (const line of timeline(ended)) record.note(`  ${line}`);
    record.note(`  ${messageOf(ended)}`);
    for (const workload of ['web', 'single', 'trio']) await remove(workload);
    await foreignCordon(record);
  },
};

/** A node that an operator cordoned is upgraded and stays cordoned. */
async function foreignCordon(record: CampaignRecord): Promise<void> {
  await rollBack('w1', A);
  await kubectl('cordon', 'w1');
  const ended = await night(900);
  record.check('w1 cordoned by an operator, the next night: it ends', 'Succeeded, upgraded', endOf(ended));
  record.check(
    '… the nodes',
    (await readyNodes(B)).replace(`w1 v${B} Ready`, `w1 v${B} Ready cordoned`),
    await nodeLines(),
  );
  record.check('… the message mentions it', ...said(messageOf(ended), 'Node w1: cordoned, not by this pipeline.'));
}

export function checkPlacement(record: CampaignRecord, placed: readonly Placed[]): void {
  const working = placed.filter(({ target }) => target !== undefined);
  const onTarget = working.filter(({ ranOn, target }) => ranOn === target);
  record.check(
    'step pods that ran on the node they worked on',
    `0 of ${working.length}`,
    `${onTarget.length} of ${working.length}`,
  );
}

export const addresses = async (): Promise<string[]> =>
  (await get<{ items: { status: { addresses: { type: string; address: string }[] } }[] }>('nodes')).items.map(
    ({ status }) => status.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
  );

/** Workers in the order in which they joined, which is the order in which they are done. */
export async function workersInOrder(): Promise<string[]> {
  const lines = await kubectl(
    ...['get', 'nodes', '-l', '!node-role.kubernetes.io/control-plane', '--sort-by=.metadata.creationTimestamp'],
    ...['-o', 'jsonpath={range .items[*]}{.metadata.creationTimestamp} {.metadata.name}{"\\n"}{end}'],
  );
  return lines
    .split('\n')
    .sort()
    .map((line) => line.split(' ')[1] ?? '');
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

export const readyNodes = async (version: string): Promise<string> =>
  (await getNodes())
    .map(({ metadata }) => `${metadata.name} v${version} Ready`)
    .sort()
    .join(', ');

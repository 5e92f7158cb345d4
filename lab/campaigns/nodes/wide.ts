import { kubectl, must } from '../../kit/commands.ts';
import { PlacementWatch } from '../../kit/placement.ts';
import { componentImages, nodeLines } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';
import { overlapsOn } from '../../kit/attempts.ts';
import { addresses, checkPlacement, readyNodes } from './night.ts';
import type { Part } from './part.ts';
import { endOf, startNight, whenEnded } from '../../kit/runs.ts';
import { Traffic } from './traffic.ts';
import { deploy, expose } from '../../kit/workloads.ts';

const [A, B] = ['1.34.9', '1.34.10'];

/** Three control planes with their etcds, two workers. */
export const threeControlPlanes: Part = {
  name: 'wide',
  title: 'A night on three control planes and two workers, with traffic',
  shape: { controlPlanes: 3, workers: 2, version: A },
  body: async (record) => {
    await deploy({ name: 'web', replicas: 2, minAvailable: 1 });
    await expose('web');
    const traffic = await Traffic.start(await addresses());
    await must('lab/publish.sh', [`v${B}`]);
    const placement = new PlacementWatch();
    const ended = await whenEnded(await startNight(), 2400);
    const { asked, failed, failures } = await traffic.stop();

    record.check('3 control planes, 2 workers: the night ends', 'Succeeded, upgraded', endOf(ended));
    record.check('the nodes', await readyNodes(B), await nodeLines());
    record.check(
      'every control plane runs the patch',
      ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `${name}:v${B}`).join(', '),
      await componentImages(),
    );
    record.check('etcd members that answer as healthy', '3 of 3', await healthyMembers());
    record.check('two replicas with a budget, asked 10 times a second all along: failed', '0', String(failed));
    record.note(`  The prober asked ${asked} times through every node. ${failures.join('; ')}`);
    checkPlacement(record, await placement.stop());
    record.check('attempts on one node at the same time', 'none', await overlapsOn(['cp1', 'cp2', 'cp3', 'w1', 'w2']));
    for (const line of timeline(ended)) record.note(`  ${line}`);
  },
};

async function healthyMembers(): Promise<string> {
  const pods = (
    await kubectl(
      'get',
      'pods',
      '-n',
      'kube-system',
      '-l',
      'component=etcd',
      '-o',
      'jsonpath={.items[*].spec.nodeName}',
    )
  ).split(' ');
  const answers = await Promise.all(
    pods.map((node) => must('lab/on-node.sh', [node, 'curl', '-sf', 'http://127.0.0.1:2381/health'])),
  );
  return `${answers.filter((answer) => answer.includes('"health":"true"')).length} of ${pods.length}`;
}

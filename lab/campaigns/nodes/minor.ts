import { must, onNode } from '../../kit/commands.ts';
import { componentImages, nodeLines } from '../../kit/nodes.ts';
import { timeline } from '../../kit/timeline.ts';
import { readyNodes } from './night.ts';
import type { Part } from './part.ts';
import { endOf, messageOf, night } from '../../kit/runs.ts';

const [A, B] = ['1.33.13', '1.34.10'];
const SOURCE = 'cat /etc/apt/sources.list.d/kubernetes.list';

/** The next minor, from a repository of its own. */
export const nextMinor: Part = {
  name: 'minor',
  title: 'A minor upgrade, from one signed repository to the next',
  shape: {
    controlPlanes: 1,
    workers: 2,
    version: A,
    builds: `v${A}=v${A} v${B}=v${B}`,
    // The lab's API servers are minutes old.
    settings: { compatibility: { deprecatedApis: { lookbackHours: 0 } } },
  },
  body: async (record) => {
    record.check('the apt source before', 'v1.33', minorOf(await onNode('w1', SOURCE)));
    await must('lab/publish.sh', [`v${B}`]);
    const ended = await night(2400);
    record.check(`v${A} to v${B}: the night ends`, 'Succeeded, upgraded', endOf(ended));
    record.check('the nodes', await readyNodes(B), await nodeLines());
    record.check(
      'the control plane runs it',
      ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `${name}:v${B}`).join(', '),
      await componentImages(),
    );
    for (const node of ['cp1', 'w1', 'w2'])
      record.check(`the apt source of ${node} afterwards`, 'v1.34', minorOf(await onNode(node, SOURCE)));
    for (const line of timeline(ended)) record.note(`  ${line}`);
    record.note(`  ${messageOf(ended)}`);
  },
};

const minorOf = (source: string): string => /\/(v\d+\.\d+)\/deb/.exec(source)?.[1] ?? source;

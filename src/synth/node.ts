import { nodeName, nodeRole, nodeTasks } from '../contract/node-tasks.ts';
import { kubeVersion, text } from '../contract/param.ts';
import type { Params } from '../contract/step-contract.ts';
import type { inventory } from '../steps/catalog.ts';
import type { KubeVersion } from '../upgrade/kube-version.ts';
import { after, call, dag, outputOf, type Call, type Callable, type NoOutputs } from './argo/dag.ts';
import { equals, isTrue, itemField, type Ref } from './argo/ref.ts';
import type { NodeKind } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { nodeSteps, type Way } from './steps.ts';

export const target = kubeVersion({ doc: 'Version that the nodes go to.', example: '1.34.10' });

const nodeInputs = { node: text(nodeName('Name of the node.')), role: nodeRole, target };

/** Everything that happens to one node, in order. */
export function oneNode(settings: ClusterSettings, kind: NodeKind, way?: Way) {
  const { admit, drain, upgrade, verify } = nodeSteps(settings, kind, way);
  // What begins only under a condition is a DAG of its own: a task after one that was skipped would run.
  const host = dag({
    name: `${kind}-host`,
    inputs: nodeInputs,
    tasks: ({ node: name, target: to, role }) => {
      const upgraded = call('upgrade', upgrade, { node: name, target: to, role });
      const verified = call('verify', verify, { node: name, target: to }, { depends: after(upgraded) });
      return [upgraded, verified];
    },
  });
  const work = dag({
    name: `${kind}-work`,
    inputs: nodeInputs,
    tasks: (inputs) => {
      const drained = call('drain', drain, inputs);
      const isDrained = isTrue(outputOf(drained, 'drained'));
      return [drained, call('host', host, inputs, { depends: after(drained), when: isDrained })];
    },
  });
  const node = dag({
    name: kind,
    inputs: nodeInputs,
    tasks: (inputs) => {
      const admitted = call('admit', admit, inputs);
      const mayBegin = equals(outputOf(admitted, 'verdict'), 'go');
      return [admitted, call('work', work, inputs, { depends: after(admitted), when: mayBegin })];
    },
  });
  return { node, all: [node, work, host, admit, drain, upgrade, verify] };
}

type FanOut = ReturnType<typeof eachOf>;
interface FanOuts {
  readonly controlPlanes: FanOut;
  readonly singleControlPlanes: FanOut;
  /** None where no canary is set. */
  readonly canaries: readonly FanOut[];
  readonly allWorkers: FanOut;
}

/** The control plane, then the canary, then the other workers of a list that was made; each after the one before. */
export function inOrder(
  { controlPlanes, singleControlPlanes, canaries, allWorkers }: FanOuts,
  to: Ref<KubeVersion>,
  order: Call<typeof inventory.outputs>,
  before: readonly Call<Params>[],
): readonly Call<Params>[] {
  const lists = [
    // One of these two lists is always empty.
    ['control-planes', controlPlanes, 'controlPlanes'],
    ['single-control-planes', singleControlPlanes, 'singleControlPlanes'],
    ...canaries.map((each) => ['canaries', each, 'canaries'] as const),
    ['workers', allWorkers, 'workers'],
  ] as const;
  const calls: Call<Params>[] = [];
  for (const [name, fanOut, output] of lists) {
    const args = { target: to, nodes: outputOf(order, output) };
    calls.push(call(name, fanOut, args, { depends: after(...(calls.length === 0 ? before : calls.slice(-1))) }));
  }
  return calls;
}

/** A fan-out over a list of nodes, so many at a time; a node that fails keeps the rest from beginning. */
export function eachOf(name: string, node: Callable<typeof nodeInputs, NoOutputs>, parallelism: number) {
  return dag({
    name,
    inputs: { target, nodes: nodeTasks('Nodes to do, in order.') },
    parallelism,
    tasks: (inputs) => [
      call(
        'node',
        node,
        { node: itemField('name'), role: itemField('role'), target: inputs.target },
        { withParam: inputs.nodes },
      ),
    ],
  });
}

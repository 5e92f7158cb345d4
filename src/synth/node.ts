import { batchOfNodes, nodeBatches, nodeName, nodeRole, nodeTasks } from '../contract/node-tasks.ts';
import { kubeVersion, text } from '../contract/param.ts';
import type { Params } from '../contract/step-contract.ts';
import type { inventory } from '../steps/inventory/contract.ts';
import type { KubeVersion } from '../upgrade/kubernetes/kube-version.ts';
import { after, call, dag, outputOf, type Callable, type NoOutputs } from './argo/dag.ts';
import { equals, isTrue, item, itemField, itemList, type Ref } from './argo/ref.ts';
import { allAtOnce, oneByOne, step, type Step } from './argo/steps.ts';
import type { NodeKind } from './placement.ts';
import type { ClusterSettings } from './settings.ts';
import { nodeSteps, type Direction } from './steps.ts';

export const target = kubeVersion({ doc: 'Version that the nodes go to.', example: '1.34.10' });

const nodeInputs = { node: text(nodeName('Name of the node.')), role: nodeRole, target };

/** Everything that happens to one node, in order. */
export function nodeTemplates(settings: ClusterSettings, kind: NodeKind, way?: Direction) {
  const { admit, drain, upgrade, verify } = nodeSteps(settings, kind, way);
  // A DAG of its own, so that one condition holds for both tasks.
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

interface FanOuts {
  readonly controlPlanes: FanOut;
  readonly singleControlPlanes: FanOut;
  /** Empty where the settings name no canary. */
  readonly canaries: readonly FanOut[];
  readonly allWorkers: WorkerFanOut;
}

type FanOut = ReturnType<typeof forEachNode>;
type WorkerFanOut = ReturnType<typeof forEachWorker>;

/** Groups of steps: the control plane, then the canaries, then the other workers. Each begins when the one before has succeeded. */
export function nodeGroups(
  { controlPlanes, singleControlPlanes, canaries, allWorkers }: FanOuts,
  to: Ref<KubeVersion>,
  order: Step<typeof inventory.outputs>,
): readonly (readonly Step<Params>[])[] {
  return [
    // One of these two lists is always empty.
    [step('control-planes', controlPlanes, { target: to, nodes: outputOf(order, 'controlPlanes') })],
    [step('single-control-planes', singleControlPlanes, { target: to, nodes: outputOf(order, 'singleControlPlanes') })],
    ...canaries.map((each) => [step('canaries', each, { target: to, nodes: outputOf(order, 'canaries') })]),
    [allWorkers.stepAfter(order, to)],
  ];
}

/** A template that goes over a list of nodes, one after the other. A node that fails ends the list. */
export const forEachNode = (name: string, node: Callable<typeof nodeInputs, NoOutputs>) =>
  oneByOne({
    name,
    inputs: { target, nodes: nodeTasks('Nodes to do, in order.') },
    calls: node,
    over: (inputs) => ({
      list: inputs.nodes,
      args: { node: itemField('name'), role: itemField('role'), target: inputs.target },
    }),
  });

/** The templates that go over the workers that are no canaries, `maxUnavailable` at a time, and the step that calls them. */
export function forEachWorker(worker: Callable<typeof nodeInputs, NoOutputs>, maxUnavailable: number) {
  if (maxUnavailable > 1) return forEachBatch(worker);
  const workers = forEachNode('workers', worker);
  return {
    all: [workers],
    stepAfter: (order: Step<typeof inventory.outputs>, to: Ref<KubeVersion>) =>
      step('workers', workers, { target: to, nodes: outputOf(order, 'workers') }),
  };
}

/**
 * The templates that go over batches of workers, and the step that calls them. All workers of a batch are upgraded at the
 * same time. After a failure the others of the batch still end their own steps, so that none stays drained; then the list
 * ends.
 */
function forEachBatch(worker: Callable<typeof nodeInputs, NoOutputs>) {
  const batch = allAtOnce({
    name: 'batch',
    inputs: { target, nodes: batchOfNodes },
    calls: worker,
    over: (inputs) => ({ list: inputs.nodes, args: { node: item(), role: 'worker' as const, target: inputs.target } }),
  });
  const workers = oneByOne({
    name: 'workers',
    inputs: { target, batches: nodeBatches('Batches of workers to do, in order.') },
    calls: batch,
    over: (inputs) => ({ list: inputs.batches, args: { nodes: itemList<string>(), target: inputs.target } }),
  });
  return {
    all: [workers, batch],
    stepAfter: (order: Step<typeof inventory.outputs>, to: Ref<KubeVersion>) =>
      step('workers', workers, { target: to, batches: outputOf(order, 'workerBatches') }),
  };
}

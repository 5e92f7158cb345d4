import type { besideKuredInputs, quiesceInputs, sshInputs } from '../../contract/run-context.ts';
import type { ValuesOf } from '../../contract/step-contract.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { Clock } from '../ports/clock.ts';
import { besideKured } from '../guards/beside-kured.ts';
import { connectBesideKured, connectCluster, connectHeart, connectNodes, type HeartInputs } from './connect.ts';
import { assertOwnTarget } from '../guards/own-target.ts';
import { quiesce, thenRestore } from '../guards/quiesce.ts';
import { notMemoized } from '../guards/rerun.ts';
import type { RunContext, Tools } from '../runtime/run-step.ts';

type NodeInputs = HeartInputs & ValuesOf<typeof besideKuredInputs> & { readonly node: string };

type OwnTarget = { readonly target: KubeVersion };

/** How `admit` sees and changes its world, once it is sure of its own run. */
export async function connectAdmit(inputs: NodeInputs & OwnTarget, tools: Tools) {
  const connected = connectBesideKured(inputs, tools);
  await notMemoized(connected.runs, connected.me);
  await connected.fence();
  await assertOwnTarget(connected.cluster, inputs);
  return { ...connected, clock: await connectHeart(inputs, tools, connected) };
}

/**
 * How `drain` sees and changes its world. `work` is done once kured keeps clear of the node, and not once the kill switch is
 * set: false when that came first.
 */
export async function connectDrain(inputs: NodeInputs & OwnTarget, tools: Tools) {
  const connected = connectBesideKured(inputs, tools);
  await assertOwnTarget(connected.cluster, inputs);
  const clock = await connectHeart(inputs, tools, connected);
  return { ...connected, clock, workOnNode: clearOfKured(connected, clock, inputs, tools) };
}

/** The same of `upgrade-node`, which logs in to it. */
export async function connectUpgrade(
  inputs: NodeInputs & OwnTarget & ValuesOf<typeof sshInputs> & ValuesOf<typeof quiesceInputs>,
  tools: Tools,
) {
  const nodes = connectNodes(inputs, tools);
  const { log } = tools;
  await assertOwnTarget(nodes.cluster, inputs);
  const clock = await connectHeart(inputs, tools, nodes);
  return {
    ...nodes,
    ...{ clock, log },
    quiesce: () => quiesce(inputs.quiesce, nodes.deployments, log),
    thenRestore: <T>(work: () => Promise<T>): Promise<T> =>
      thenRestore(work, inputs.quiesce, connectOnTheWayOut(inputs, tools), log),
    workOnNode: clearOfKured({ ...nodes, kured: nodes.kuredBy(inputs) }, clock, inputs, tools),
  };
}

const clearOfKured =
  (
    { kured, me, unlessHalted }: Pick<ReturnType<typeof connectBesideKured>, 'kured' | 'me' | 'unlessHalted'>,
    clock: Clock,
    inputs: NodeInputs,
    { log }: Tools,
  ) =>
  (work: () => Promise<unknown>): Promise<boolean> =>
    unlessHalted(inputs.node, async () => {
      await besideKured({ kured, clock, me, log }, inputs);
      await work();
    });

/** What is put back on the way out must not end with the step, nor keep it from ending for long. */
const PUT_BACK_PATIENCE_SECONDS = 60;

/** Deployments, for whoever has to give them back what they had, also when the step is told to end. */
function connectOnTheWayOut(context: RunContext, { log }: Tools) {
  const { signal } = new AbortController();
  return connectCluster(context, { log, signal }, PUT_BACK_PATIENCE_SECONDS).deployments;
}

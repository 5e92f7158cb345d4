import { publish } from '../../kit/cluster.ts';
import { nodeLines, NODES, readyAt } from '../../kit/nodes.ts';
import { check, checkSays, note } from '../../kit/record.ts';
import { messageOf, night, outcomeOf, outputOf, phaseOf, podsOf, runOf } from '../../kit/runs.ts';
import { BY_HAND, NEXT } from './cluster.ts';

/** What an operator asks for by hand and must not get; and what the next run makes of it. */
export async function refusals(): Promise<void> {
  await publish(BY_HAND);
  const before = await nodeLines();

  const jump = await runOf('k8s-upgrade', 300, 'target=1.36.0');
  check('two minors at once: the Workflow ends', 'Succeeded', phaseOf(jump));
  check('two minors at once: the outcome', 'refused', outcomeOf(jump));
  note(messageOf(jump));

  const worker = await runOf('k8s-upgrade-node', 300, 'nodes=w1', `target=${BY_HAND}`);
  check('a worker ahead of its control plane: the Workflow ends', 'Failed', phaseOf(worker));
  const inventories = podsOf(worker).filter(({ templateName }) => templateName === 'inventory');
  const step = inventories.find(({ phase }) => phase === 'Failed');
  const exitCode = /exit code \d+/.exec(step?.message ?? '')?.[0] ?? '';
  const retried = inventories.length === 1 ? 'not retried' : 'retried';
  const seen = `${step?.templateName ?? 'nobody'}, ${exitCode}, ${retried}`;
  check('a worker ahead of its control plane: refused by', 'inventory, exit code 77, not retried', seen);
  note(messageOf(worker));

  const badly = await runOf('k8s-upgrade', 300, 'target=1.34');
  check('a target that is no version: the Workflow ends', 'Failed', phaseOf(badly));

  const dry = await runOf('k8s-upgrade', 300, 'detectionDryRun=true');
  check('a dry run of detection: the outcome', 'detected', outcomeOf(dry));
  check(`nodes after all that, from v${NEXT}`, before, await nodeLines());
}

/** One node by hand, under the Lease that a failed run left behind; then the night that finishes what was begun. */
export async function byHand(): Promise<void> {
  const one = await runOf('k8s-upgrade-node', 900, 'nodes=cp1', `target=${BY_HAND}`);
  check('one node by hand, after a failed run left the Lease behind: the Workflow ends', 'Succeeded', phaseOf(one));
  const behind = ['w1', 'w2'].map((node) => `${node} v${NEXT} Ready`);
  check('one node by hand: the nodes', readyAt(['cp1'], BY_HAND, ...behind), await nodeLines());

  const rest = await night(900);
  check('half done: the next nightly run ends', 'Succeeded', phaseOf(rest));
  // Nodes come in the order in which they joined, and the machines of the lab join side by side.
  const reason = outputOf(rest, 'detect', 'reason').replace('w2, w1', 'w1, w2');
  checkSays('half done: why it went on', reason, `v${BY_HAND} was begun and is not finished on w1, w2`);
  const steps = podsOf(rest).filter(({ templateName = '' }) => templateName.endsWith('-control-plane'));
  check('half done: control-plane steps that it needed', '0', String(steps.length));
  check('half done: the nodes', readyAt(NODES, BY_HAND), await nodeLines());
}

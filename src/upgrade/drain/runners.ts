import type { NodeTask } from '../node/order.ts';
import type { ClusterNode } from '../node/node.ts';
import { hasLabels, isSelected, whyNoRunner, type RunnerRule, type RunnerRules } from './runner.ts';

/**
 * Returns the control-plane node whose steps run by the rule `others`. It is the only control-plane node of the cluster
 * and the only node that `withSshKey` selects. No step runs on the node that it drains.
 */
export function singleControlPlane(nodes: readonly ClusterNode[], { withSshKey }: RunnerRules): string | undefined {
  const [only, ...more] = nodes.filter(({ controlPlane }) => controlPlane);
  if (only === undefined || more.length > 0 || !isSelected(only, withSshKey)) return undefined;
  return nodes.filter((node) => isSelected(node, withSshKey)).length === 1 ? only.name : undefined;
}

/** Returns one problem for each reason why the steps of some nodes cannot be scheduled. */
export function withoutRunner(nodes: readonly ClusterNode[], tasks: readonly NodeTask[], rules: RunnerRules): string[] {
  const single = singleControlPlane(nodes, rules);
  const reasons = new Map<string, string[]>();
  for (const { name } of tasks) {
    const others = nodes.filter((node) => node.name !== name);
    const reason =
      name === single
        ? whyNone(others, rules.others, 'another node', 'Add a worker, or upgrade this cluster by hand.')
        : whyNone(others, rules.withSshKey, 'another node', labelOne('withSshKey'));
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  return [...reasons].map(([reason, targets]) => `The steps that upgrade ${named(targets)} run on ${reason}`);
}

/** Like {@link withoutRunner}, for steps that upgrade no node, such as detect and gate. */
export function withoutKeyRunner(nodes: readonly ClusterNode[], { withSshKey }: RunnerRules): string[] {
  const reason = whyNone(nodes, withSshKey, 'a node', labelOne('withSshKey'));
  return reason === undefined ? [] : [`The steps that hold the SSH key run on ${reason}`];
}

const labelOne = (kind: keyof RunnerRules): string => `Label one, or change runners.${kind}.nodeSelector.`;

function whyNone(nodes: readonly ClusterNode[], rule: RunnerRule, which: string, remedy: string): string | undefined {
  const { nodeSelector: labels } = rule;
  const where = labels.length === 0 ? which : `${which} with ${labels.join(' and ')}`;
  const selected = nodes.filter((node) => hasLabels(node, rule));
  if (selected.length === 0) return `${where}, and there is none. ${remedy}`;
  const reasons = selected.map((node) => ({ node, why: whyNoRunner(node, rule) }));
  if (reasons.some(({ why }) => why.length === 0)) return undefined;
  const each = reasons.map(({ node, why }) => `${node.name}: ${why.join(', ')}`);
  return `${where}, and none can run them: ${each.join('; ')}. Put one of them right.`;
}

/** Returns `a, b, c and 4 more`. */
function named(names: readonly string[], most = 5): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return names.slice(0, most).join(', ') + more;
}

/**
 * Returns a problem when a batch of two or more would leave no schedulable worker. A single worker in a small cluster
 * is accepted.
 */
export function tooManyAtOnce(
  nodes: readonly ClusterNode[],
  workers: readonly NodeTask[],
  maxUnavailable: number,
): string[] {
  const usable = nodes.filter((node) => !node.controlPlane && node.ready && !node.unschedulable).length;
  if (workers.length <= 1 || maxUnavailable <= 1 || maxUnavailable < usable) return [];
  return [
    `workers.maxUnavailable is ${maxUnavailable}, and only ${usable} workers are Ready and schedulable: none would be left. Lower it.`,
  ];
}

/**
 * Returns a problem when several drains at once would evict each other's steps. The drain of a worker evicts the steps
 * that run there.
 */
export function runnersAtOnce(
  nodes: readonly ClusterNode[],
  workers: readonly NodeTask[],
  maxUnavailable: number,
  { withSshKey }: RunnerRules,
): string[] {
  const runners = workers.filter(({ name }) =>
    nodes.some((node) => node.name === name && isSelected(node, withSshKey)),
  );
  if (runners.length === 0 || workers.length <= 1 || maxUnavailable <= 1) return [];
  const names = runners.map(({ name }) => name);
  return [
    `workers.maxUnavailable is ${maxUnavailable}, and runners.withSshKey selects ${named(names)}: a drain there would evict the steps of another worker. Name them in workers.canary, which goes one at a time, or set workers.maxUnavailable: 1.`,
  ];
}

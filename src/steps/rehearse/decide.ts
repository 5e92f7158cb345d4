import { barePodsOn, bareText } from '../../upgrade/drain/bare-pods.ts';
import { nodeIsGone } from '../../upgrade/node/node.ts';
import { done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { sortedUnique } from '../../text/name-list.ts';
import { judgeWebhooks, policyWarnings } from './admission.ts';
import { neverEvictable, filterProblems, unhealthyBudgets } from './budgets.ts';
import { judgeRoom } from './room.ts';
import type { RehearseInput } from './contract.ts';
import { nodesToDrain, type DrainCheckResult, type ClusterState, type RehearsalReadings } from './cluster-state.ts';
import { judgeVolumes } from './volumes.ts';

/** Budgets and endpoints change for a moment, so a problem must last this long before the step refuses. */
const SETTLE_SECONDS = 60;
const POLL_SECONDS = 10;

/** Refuses with every problem that lasts `SETTLE_SECONDS`. Logs the warnings in any case. */
export function decide(readings: RehearsalReadings, input: RehearseInput, elapsedSeconds: number): Decision {
  const nodes = nodesToDrain(input);
  if (nodes.length === 0) return done('No node needs a drain.');
  const { problems, warnings } = judge(readings, input);
  const warned = warnings.map((line) => `\nWarning: ${line}`).join('');
  if (problems.length === 0) return done(`Nothing keeps ${nodes.join(', ')} from being drained.${warned}`);
  const because = `No node was changed. These problems prevent a drain:\n${problems.join('\n')}${warned}`;
  return elapsedSeconds < SETTLE_SECONDS
    ? wait(POLL_SECONDS, `Checking again for ${SETTLE_SECONDS} s. Problems so far:\n${problems.join('\n')}`)
    : refuse(because);
}

/** Returns what prevents a drain now. */
export function judge(readings: RehearsalReadings, input: RehearseInput): DrainCheckResult {
  const unknown = Object.values(readings).flatMap((reading: Reading<unknown>) =>
    reading.known ? [] : [`Unknown, so the run does not start: ${reading.reason}.`],
  );
  const state = clusterStateOf(readings);
  if (state === undefined) return { problems: sortedUnique(unknown), warnings: [] };
  const results: readonly DrainCheckResult[] = [
    { problems: missing(state, input), warnings: unmanagedPodWarnings(state, input) },
    { problems: filterProblems(state, input), warnings: [] },
    { problems: neverEvictable(state, input), warnings: unhealthyBudgets(state, input) },
    judgeRoom(state, input),
    judgeVolumes(state, input),
    judgeWebhooks(state, input),
    { problems: [], warnings: policyWarnings(state, input) },
  ];
  return {
    problems: results.flatMap(({ problems }) => sortedUnique(problems)),
    warnings: results.flatMap(({ warnings }) => sortedUnique(warnings)),
  };
}

/** Pods that nothing recreates. Those that the policy does not evict are problems instead. */
const unmanagedPodWarnings = ({ podsOn }: ClusterState, input: RehearseInput): string[] =>
  bareText(barePodsOn(nodesToDrain(input), [...podsOn.values()].flat(), input));

const missing = ({ nodes }: ClusterState, input: RehearseInput): string[] =>
  nodesToDrain(input)
    .filter((name) => !nodes.some((node) => node.name === name))
    .map(nodeIsGone);

/** Returns undefined when any reading is unknown. */
export function clusterStateOf(readings: RehearsalReadings): ClusterState | undefined {
  const { nodes, pods, budgets, pinnedVolumes, attachments, namespaces, policies, webhooks } = readings;
  if (!nodes.known || !pods.known || !budgets.known || !pinnedVolumes.known) return undefined;
  if (!attachments.known || !namespaces.known || !policies.known || !webhooks.known) return undefined;
  return {
    nodes: nodes.value,
    podsOn: Map.groupBy(pods.value, ({ node = '' }) => node),
    budgets: budgets.value,
    pinnedVolumes: pinnedVolumes.value,
    attachments: attachments.value,
    namespaces: namespaces.value,
    policies: policies.value,
    webhooks: webhooks.value,
  };
}

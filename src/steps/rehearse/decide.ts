import { nodeIsGone } from '../../upgrade/node/node.ts';
import { done, refuse, wait, type Decision } from '../../upgrade/decision.ts';
import type { Reading } from '../../upgrade/reading.ts';
import { sortedUnique } from '../../text/name-list.ts';
import { neverEvictable, filterProblems, unhealthyBudgets } from './budgets.ts';
import type { RehearsalReadings } from './observe.ts';
import { bareWarnings } from './bare.ts';
import { policyWarnings } from './policies.ts';
import { judgeRoom } from './room.ts';
import type { RehearseInput } from './contract.ts';
import { nodesToDrain, type DrainCheckResult, type ClusterState } from './cluster-state.ts';
import { judgeVolumes } from './volumes.ts';
import { judgeWebhooks } from './webhooks.ts';

/** Budgets and endpoints change for a moment. A problem must last this long before the step refuses. */
const SETTLE_SECONDS = 60;
const POLL_SECONDS = 10;

/** Every problem at once, once it has lasted; else what is to be known all the same. */
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

/** What would keep the drains from ending well, at this one look. */
export function judge(readings: RehearsalReadings, input: RehearseInput): DrainCheckResult {
  const unknown = Object.values(readings).flatMap((reading: Reading<unknown>) =>
    reading.known ? [] : [`Unknown, so the run does not start: ${reading.reason}.`],
  );
  const state = clusterStateOf(readings);
  if (state === undefined) return { problems: sortedUnique(unknown), warnings: [] };
  const [room, volumes, webhooks] = [judgeRoom(state, input), judgeVolumes(state, input), judgeWebhooks(state, input)];
  return {
    problems: [
      ...sortedUnique(missing(state, input)),
      ...sortedUnique(filterProblems(state, input)),
      ...sortedUnique(neverEvictable(state, input)),
      ...sortedUnique(room.problems),
      ...sortedUnique(volumes.problems),
      ...sortedUnique(webhooks.problems),
    ],
    warnings: [
      ...bareWarnings(state, input),
      ...sortedUnique(unhealthyBudgets(state, input)),
      ...sortedUnique(room.warnings),
      ...sortedUnique(volumes.warnings),
      ...sortedUnique(webhooks.warnings),
      ...sortedUnique(policyWarnings(state, input)),
    ],
  };
}

const missing = ({ nodes }: ClusterState, input: RehearseInput): string[] =>
  nodesToDrain(input)
    .filter((name) => !nodes.some((node) => node.name === name))
    .map(nodeIsGone);

/** Undefined unless all of it could be seen. */
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

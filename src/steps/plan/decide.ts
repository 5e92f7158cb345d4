import { decisionCommand, type PlanVerdict } from '../../run/approval.ts';
import { fitLines } from '../../upgrade/gate/findings-message.ts';
import { kubeTag } from '../../upgrade/kubernetes/kube-version.ts';
import { leftOutLine, type ExcludedNode } from '../../upgrade/node/readings.ts';
import type { ClusterNode } from '../../upgrade/node/node.ts';
import { formatDuration, noticeFor, type NoticeInput } from '../../signals/notice.ts';
import { buildPlan, canonicalPlan, type Plan, type PlannedNode } from '../../run/plan.ts';
import type { PlanInput } from './contract.ts';

export interface Planned {
  readonly planVerdict: PlanVerdict;
  readonly planDigest: string;
  readonly planMessage: string;
}

/** Argo keeps the message in the Workflow and passes it from step to step. */
const MOST_BYTES = 3500;

/** `hash` of the canonical plan is its digest. */
export function decide(
  nodes: readonly ClusterNode[],
  input: PlanInput,
  hash: (text: string) => string,
  excluded: readonly ExcludedNode[] = [],
): Planned {
  const { target, kind, only, canaryNames: names, canaryLabels: labels } = input;
  const hop = kind === 'minor' ? 'minor' : 'patch';
  const plan = buildPlan(nodes, { target, kind: hop, only, canary: { names, labels } }, input.gateCodes);
  const planDigest = hash(canonicalPlan(plan));
  if (input.approvedDigest === undefined)
    return { planVerdict: 'asked', planDigest, planMessage: question(plan, planDigest, input, excluded) };
  if (input.approvedDigest === planDigest)
    return { planVerdict: 'valid', planDigest, planMessage: `The plan ${planDigest} was approved, and holds.` };
  return { planVerdict: 'void', planDigest, planMessage: outdated(plan, planDigest, input.approvedDigest, excluded) };
}

function question(
  plan: Plan,
  digest: string,
  { approvalMinutes, namespace, runName }: PlanInput,
  excluded: readonly ExcludedNode[],
): string {
  const text = described(
    plan,
    excluded,
    `Approval is wanted for ${kubeTag(plan.target)}, a ${plan.kind}. Plan ${digest}.`,
  );
  const until = formatDuration(approvalMinutes * 60);
  return [
    text,
    `The run waits for ${until}. Without an answer, nothing is changed, and the next scheduled run asks again. Other runs wait until then; reject the plan to let one of them start.`,
    `To approve: ${decisionCommand(namespace, runName, 'approve')}`,
    `To reject: ${decisionCommand(namespace, runName, 'reject')}`,
  ].join('\n');
}

const outdated = (plan: Plan, digest: string, approved: string, excluded: readonly ExcludedNode[]): string =>
  described(
    plan,
    excluded,
    `The approval is void: ${approved} was approved, and the cluster has changed since. The plan would now be ${digest}. Nothing was changed; the next scheduled run asks again.`,
  );

const described = (plan: Plan, excluded: readonly ExcludedNode[], head: string): string => {
  const nodes = plan.nodes.map((planned, place) => `${place + 1}. ${nodeLine(planned)}`);
  return fitLines(
    head,
    [...nodes, ...leftLine(plan), ...leftOutLine(excluded), ...findingLine(plan)],
    MOST_BYTES,
    'plan',
  );
};

const nodeLine = ({ node, turn }: PlannedNode): string => `${node.name} (${turn}), at ${kubeTag(node.kubelet)}`;

const leftLine = ({ left }: Plan): string[] =>
  left.length === 0
    ? []
    : [`Left as they are: ${left.map(({ name, kubelet }) => `${name} at ${kubeTag(kubelet)}`).join(', ')}.`];

const findingLine = ({ findings }: Plan): string[] =>
  findings.length === 0 ? [] : [`The gate warns: ${[...new Set(findings)].join(', ')}.`];

/** Returns the notice that asks for approval; undefined for a plan that was approved. */
export const noticeOf = (
  { planVerdict, planMessage: text }: Planned,
  input: NoticeInput & Pick<PlanInput, 'target'>,
) => (planVerdict === 'asked' ? noticeFor(input, { event: 'approval-wanted', target: input.target, text }) : undefined);

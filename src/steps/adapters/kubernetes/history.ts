import { RUN_ENDS } from '../../../signals/gauges.ts';
import { tryParseKubeVersion } from '../../../upgrade/kubernetes/kube-version.ts';
import type { KeptRun } from '../../../run/history.ts';
import type { History } from '../../ports/history.ts';
import type { Api } from './api.ts';
import { timeMs } from './resources.ts';
import { argumentOf, hasEnded, listWorkflows, nodesOf, outputOf, type ArgoNode, type Workflow } from './workflows.ts';

/** By the template that they were started from; a report is no run. */
const OURS = /^k8s-upgrade(?!-report$)(-|$)/;

export const historyAdapter = (api: Api): History => ({
  async runs() {
    const workflows = await listWorkflows(api);
    return workflows.filter(({ spec }) => OURS.test(spec?.workflowTemplateRef?.name ?? '')).map(toRun);
  },
});

function toRun(workflow: Workflow): KeptRun {
  const { metadata, status } = workflow;
  const name = metadata?.name ?? '';
  const nodes = nodesOf(workflow, name);
  const detected = nodes.filter(isOf('detect')).find(({ phase }) => phase === 'Succeeded');
  const target = argumentOf(workflow, 'target') ?? (detected && outputOf(detected, 'target'));
  return {
    name,
    startedAtMs: timeMs(status?.startedAt) ?? timeMs(metadata?.creationTimestamp) ?? 0,
    // An end without a time is one all the same.
    endedAtMs: hasEnded(workflow) ? (timeMs(status?.finishedAt) ?? timeMs(status?.startedAt) ?? 0) : undefined,
    succeeded: status?.phase === 'Succeeded',
    outcome: outcomeOf(nodes),
    target: target === undefined ? undefined : tryParseKubeVersion(target),
    checkedAtMs: argumentOf(workflow, 'target') === undefined ? timeMs(detected?.finishedAt) : undefined,
  };
}

const isExitHandler = ({ templateName }: ArgoNode): boolean =>
  templateName === 'finish' || templateName === 'finish-operation';

const isOf = (template: string) => (node: ArgoNode) => node.templateName === template;

/** After an `argo retry` there is a second exit handler; the newest one counts. */
function outcomeOf(nodes: readonly ArgoNode[]): KeptRun['outcome'] {
  const said = nodes
    .filter(isExitHandler)
    .map((node) => [timeMs(node.finishedAt) ?? 0, outputOf(node, 'outcome')] as const)
    .filter(([, outcome]) => outcome !== undefined)
    .sort(([a], [b]) => a - b)
    .at(-1);
  return RUN_ENDS.find((end) => end === said?.[1]);
}

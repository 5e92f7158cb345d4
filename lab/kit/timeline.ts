import { inputOf, podsOf, secondsBetween, type Workflow, type WorkflowNode } from './workflow.ts';

/** A line per node of the cluster, and one for what concerns none: when each step ran, in seconds since the run began. */
export function timeline(workflow: Workflow): string[] {
  const pods = podsOf(workflow);
  const owners = [...new Set(pods.map(ownerOf))];
  return owners.map((owner) => {
    const steps = pods.filter((pod) => ownerOf(pod) === owner).map((pod) => spell(workflow, pod));
    return `${owner.padEnd(9)} ${steps.join(', ')}`;
  });
}

const ownerOf = (pod: WorkflowNode): string => inputOf(pod, 'node') ?? '(cluster)';

function spell(workflow: Workflow, { templateName = '', startedAt, finishedAt, phase }: WorkflowNode): string {
  const since = (at: string | null): number => secondsBetween(workflow.status.startedAt, at);
  const step = templateName.replace(/-(control-plane|worker)$/, '');
  return `${step} ${since(startedAt)}–${since(finishedAt)} s${phase === 'Succeeded' ? '' : ` (${phase})`}`;
}

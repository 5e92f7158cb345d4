import { inputOf, podsOf, secondsBetween, type Workflow, type WorkflowNode } from '../campaign/workflow.ts';

/** One line per step pod, grouped by the node that it worked on: from–to in seconds since the run began. */
export function timeline(workflow: Workflow): string[] {
  const since = (at: string | null): string => String(secondsBetween(workflow.status.startedAt, at)).padStart(4);
  const line = (pod: WorkflowNode): string =>
    `${since(pod.startedAt)} – ${since(pod.finishedAt)} s  ${(inputOf(pod, 'node') ?? '(cluster)').padEnd(10)} ${pod.templateName ?? pod.displayName}  ${pod.phase}`;
  return podsOf(workflow).map(line);
}

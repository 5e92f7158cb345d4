import { targetProblem } from '../../run/in-flight.ts';
import type { KubeVersion } from '../../upgrade/kubernetes/kube-version.ts';
import type { NodeReads } from '../ports/cluster.ts';
import type { RunContext } from '../../contract/run-context.ts';
import { refused } from '../runtime/step-error.ts';

/**
 * Throws `Refused` when the run recorded another target as it began. Argo passes the target to
 * a step from WorkflowTaskResults, which every step may write. Only a few steps may write the record.
 */
export async function assertOwnTarget(
  cluster: Pick<NodeReads, 'runMarks'>,
  inputs: Pick<RunContext, 'annotationPrefix' | 'runName'> & { readonly target: KubeVersion },
): Promise<void> {
  const problem = targetProblem(await cluster.runMarks(), inputs.annotationPrefix, inputs.runName, inputs.target);
  if (problem !== undefined) throw refused(problem);
}

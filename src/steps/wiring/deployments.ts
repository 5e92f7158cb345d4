import { deploymentAdapter } from '../adapters/kubernetes/deployments.ts';
import type { Fence } from '../guards/fence.ts';
import { fencedDeployments } from '../guards/quiesce.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Connection } from './connection.ts';

/** Deployments, changed behind the fence. */
export const deploymentsClient = ({ api, annotationPrefix }: Connection, fence: Fence): Deployments =>
  fencedDeployments(deploymentAdapter(api, annotationPrefix), fence);

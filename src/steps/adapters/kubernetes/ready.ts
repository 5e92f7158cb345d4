/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- client-node's models are plain data */
import { AuthorizationV1Api, type KubeConfig } from '@kubernetes/client-node';
import { describe, describeAnswer } from '../../runtime/retry.ts';
import type { ReadinessReads } from '../../ports/cluster.ts';
import { getPath, requestsTo, type Api } from './api.ts';

/** Short, because the caller asks again soon. */
const READY_TIMEOUT_SECONDS = 5;

/**
 * The access review is a question that a server can only answer once it reads etcd and its RBAC caches are full; what
 * is asked for is what Argo's executor needs right after a step has ended.
 */
export const readiness = ({ config, namespace }: Api): ReadinessReads => ({
  async apiReady() {
    try {
      const because = (await readyz(config)) ?? (await mayReport(config, namespace));
      return because === undefined ? { ready: true } : { ready: false, because };
    } catch (error) {
      return { ready: false, because: describe(error) };
    }
  },
});

async function readyz(config: KubeConfig): Promise<string | undefined> {
  const { status, text } = await getPath(config, '/readyz', READY_TIMEOUT_SECONDS);
  return status === 200 ? undefined : `/readyz answered ${describeAnswer(status, text)}`;
}

async function mayReport(config: KubeConfig, namespace: string): Promise<string | undefined> {
  const asked = { namespace, verb: 'create', group: 'argoproj.io', resource: 'workflowtaskresults' };
  const body = { spec: { resourceAttributes: asked } };
  const { status } = await new AuthorizationV1Api(
    requestsTo(config, READY_TIMEOUT_SECONDS),
  ).createSelfSubjectAccessReview({ body });
  return status?.allowed === true
    ? undefined
    : `it does not let us create workflowtaskresults.argoproj.io in ${namespace}: ${status?.reason || 'no reason given'}`;
}
